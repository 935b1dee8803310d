import type { AccountPermission } from "../../gen/graphql";

/** The account permissions in readable groups; every one is in one of them. */
export const permissionGroups = [
  { name: "account", permissions: ["PROFILE", "CONTACTS", "MANAGE_USERS"] },
  { name: "services", permissions: ["PRODUCTS", "MANAGE_PRODUCTS", "PRODUCT_SSO", "DOMAINS", "MANAGE_DOMAINS"] },
  { name: "billing", permissions: ["INVOICES", "QUOTES", "ORDERS", "AFFILIATES"] },
  { name: "contact", permissions: ["TICKETS", "EMAILS"] },
] as const satisfies readonly { name: string; permissions: readonly AccountPermission[] }[];

/** All of them, in the order of the groups. */
export const allPermissions: readonly AccountPermission[] = permissionGroups.flatMap(({ permissions }) => permissions);

/** The day as the API takes it: the end of it, where the reader is; undefined where none is given. */
export function endOfDay(day: string): string | undefined {
  if (!day) return undefined;
  const end = new Date(`${day}T23:59:59`);
  return Number.isNaN(end.getTime()) ? undefined : end.toISOString();
}

/** The day of a moment, as a date input holds it. */
export function dayOf(moment: string | null | undefined): string {
  if (!moment) return "";
  const at = new Date(moment);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
