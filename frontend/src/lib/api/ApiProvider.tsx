import { createContext, type ReactNode, use, useSyncExternalStore } from "react";
import { Provider } from "urql";
import type { Api } from "./api";

const ApiContext = createContext<Api | null>(null);

/** Gives the API to all below; a renewed client reaches them at once. */
export function ApiProvider({ api, children }: { api: Api; children: ReactNode }) {
  const client = useSyncExternalStore(api.subscribe, () => api.client);
  return (
    <ApiContext value={api}>
      <Provider value={client}>{children}</Provider>
    </ApiContext>
  );
}

export function useApi(): Api {
  const api = use(ApiContext);
  if (!api) throw new Error("useApi is used outside ApiProvider");
  return api;
}
