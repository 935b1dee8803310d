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
