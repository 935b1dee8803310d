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

/** Ends the session and leads to the sign-in page, and from there on to `returnTo`. */
export function useSignOut(): (returnTo?: string) => Promise<void> {
  const api = useApi();
  const router = useRouter();
  const [signOut] = useAct(SignOutDocument);
  return useCallback(
    async (returnTo) => {
      const { ok } = await signOut({});
      if (!ok) return;
      api.renew();
      await router.navigate({ to: "/sign-in", search: returnTo ? { return_to: returnTo } : {} });
      await router.invalidate();
    },
    [api, router, signOut],
  );
}
