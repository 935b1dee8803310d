import type { AccountFilter, AccountOrder, AccountOrderField, AccountStatus } from "../../gen/graphql";
import type { Direction } from "../../ui/DataTable";

/** What the list of accounts shows, as its address says it. Absent members: all, in the API's own order. */
export interface AccountsSearch {
  q?: string;
  status?: AccountStatus;
  sort?: AccountOrderField;
  direction?: Direction;
}

export const statuses = ["ACTIVE", "INACTIVE", "CLOSED"] as const satisfies readonly AccountStatus[];

const fields = ["NUMBER", "NAME", "EMAIL", "STATUS", "CREATED"] as const satisfies readonly AccountOrderField[];

/** Reads an address that anybody may have written: what is not understood is left out. */
export function readAccountsSearch(raw: Record<string, unknown>): AccountsSearch {
  const words = typeof raw.q === "string" || typeof raw.q === "number" ? String(raw.q) : "";
  const status = statuses.find((one) => one === raw.status);
  const sort = fields.find((one) => one === raw.sort);
  return {
    ...(words.trim() && words.length <= 200 && { q: words }),
    ...(status && { status }),
    ...(sort && { sort, direction: raw.direction === "DESC" ? "DESC" : "ASC" }),
  };
}

export const filterOf = ({ q, status }: AccountsSearch): AccountFilter => ({
  ...(q && { search: q }),
  ...(status && { status: [status] }),
});

export function orderOf({ sort, direction = "ASC" }: AccountsSearch): AccountOrder | undefined {
  return sort && { field: sort, direction };
}

/** The parts of an account's page. */
export const tabs = ["profile", "users", "grid", "orders", "activity"] as const;
export type Tab = (typeof tabs)[number];

export function readAccountSearch(raw: Record<string, unknown>): { tab?: Tab } {
  const tab = tabs.find((one) => one === raw.tab);
  return tab && tab !== "profile" ? { tab } : {};
}
