import { useRouteContext } from "@tanstack/react-router";
import type { AdminPermission } from "../../gen/graphql";
import type { Session } from "../api/api";

/** Who is here, and what everybody may know of this installation. */
export function useSession(): Session {
  return useRouteContext({ from: "__root__", select: (context) => context.session });
}

/** Whether the viewer holds an admin permission, as the API told it. */
export function useCan(): (permission: AdminPermission) => boolean {
  const { viewer } = useSession();
  return (permission) => viewer.permissions.includes(permission);
}

/** Whether users are asked to prove who they are: where the feature is switched off, nobody has a state, oneself included. */
export function useProofsAsked(): boolean {
  return Boolean(useSession().viewer.user?.identityVerification);
}

/** Whether the viewer may ask, and reset, and decide about proofs of identity: nobody may where nobody is asked for one. */
export function useMayVerify(): boolean {
  const can = useCan();
  const asked = useProofsAsked();
  return asked && can("MANAGE_USER_VERIFICATION");
}
