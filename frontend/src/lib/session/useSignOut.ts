import { useRouter } from "@tanstack/react-router";
import { useCallback } from "react";
import { graphql } from "../../gen";
import { useApi } from "../api/ApiProvider";
import { useAct } from "../api/useAct";

const SignOutDocument = graphql(`
  mutation SignOut {
    signOut {
      viewer {
        kind
      }
    }
  }
`);

/** Ends the session and leads to the sign-in page. */
export function useSignOut(): () => Promise<void> {
  const api = useApi();
  const router = useRouter();
  const [signOut] = useAct(SignOutDocument);
  return useCallback(async () => {
    const { ok } = await signOut({});
    if (!ok) return;
    api.renew();
    await router.navigate({ to: "/sign-in" });
    await router.invalidate();
  }, [api, router, signOut]);
}
