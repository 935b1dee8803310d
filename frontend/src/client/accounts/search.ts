/** The parts of an account's page. */
export const tabs = ["overview", "users", "grid", "orders", "emails", "activity"] as const;
export type Tab = (typeof tabs)[number];

/** Reads an address that anybody may have written: what is not understood is left out. */
export function readAccountSearch(raw: Record<string, unknown>): { tab?: Tab } {
  const tab = tabs.find((one) => one === raw.tab);
  return tab && tab !== "overview" ? { tab } : {};
}
