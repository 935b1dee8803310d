import { useRouter } from "@tanstack/react-router";
import { useCallback } from "react";
import { useApi } from "../api/ApiProvider";

/** After an act that changes what everybody may know, or who is here: brings every page up to date. */
export function useRefreshSession(): () => Promise<void> {
  const api = useApi();
  const router = useRouter();
  return useCallback(async () => {
    await api.refresh();
    await router.invalidate();
  }, [api, router]);
}
