import type { UserFilter, UserOrder, UserOrderField, UserState, VerificationStatus } from "../../gen/graphql";
import type { Direction } from "../../ui/DataTable";

/** What the list of users shows, as its address says it. Absent members: all, in the API's own order. */
export interface UsersSearch {
  q?: string;
  twoFactor?: boolean;
  question?: boolean;
  verified?: boolean;
  staff?: boolean;
  state?: UserState;
  verification?: VerificationStatus;
  language?: string;
  login?: Login;
  sort?: UserOrderField;
  direction?: Direction;
}

/** Since when somebody signed in, or has not. */
export const logins = ["week", "month", "not30", "not365", "never"] as const;
export type Login = (typeof logins)[number];

export const states = ["ACTIVE", "SUSPENDED", "ERASED"] as const satisfies readonly UserState[];

export const verifications = [
  "NOT_REQUESTED",
  "REQUESTED",
  "SUBMITTED",
  "APPROVED",
  "REJECTED",
  "EXPIRED",
] as const satisfies readonly VerificationStatus[];

const fields = [
  "NUMBER",
  "NAME",
  "EMAIL",
  "TWO_FACTOR",
  "SECURITY_QUESTION",
  "LAST_LOGIN",
  "CREATED",
  "LANGUAGE",
  "STATE",
  "EMAIL_VERIFIED",
  "VERIFICATION",
] as const satisfies readonly UserOrderField[];

/** Reads an address that anybody may have written: what is not understood is left out. */
export function readUsersSearch(raw: Record<string, unknown>): UsersSearch {
  const yesNo = (value: unknown) => (value === true || value === false ? value : undefined);
  const oneOf = <T extends string>(all: readonly T[], value: unknown) => all.find((one) => one === value);
  const text = (value: unknown, most: number) => {
    const words = typeof value === "string" || typeof value === "number" ? String(value) : "";
    return words.trim() && words.length <= most ? words : undefined;
  };
  const sort = oneOf(fields, raw.sort);
  const found: UsersSearch = {
    q: text(raw.q, 200),
    twoFactor: yesNo(raw.twoFactor),
    question: yesNo(raw.question),
    verified: yesNo(raw.verified),
    staff: yesNo(raw.staff),
    state: oneOf(states, raw.state),
    verification: oneOf(verifications, raw.verification),
    language: text(raw.language, 35),
    login: oneOf(logins, raw.login),
    sort,
    direction: sort && (raw.direction === "DESC" ? "DESC" : "ASC"),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** What is left of an address for who may not ask how far users came with proving who they are. */
export function withoutVerification({ verification: _, ...search }: UsersSearch): UsersSearch {
  if (search.sort !== "VERIFICATION") return search;
  const { sort: _sort, direction: _direction, ...rest } = search;
  return rest;
}

const day = 86_400_000;

/** The API's filter; `now` in milliseconds since 1970. */
export function filterOf(search: UsersSearch, now: number): UserFilter {
  const before = (days: number) => new Date(now - days * day).toISOString();
  const login: Record<Login, UserFilter> = {
    week: { lastLoginAfter: before(7) },
    month: { lastLoginAfter: before(30) },
    not30: { lastLoginBefore: before(30) },
    not365: { lastLoginBefore: before(365) },
    never: { neverLoggedIn: true },
  };
  return {
    ...(search.q && { search: search.q }),
    ...(search.twoFactor !== undefined && { twoFactorEnabled: search.twoFactor }),
    ...(search.question !== undefined && { securityQuestionSet: search.question }),
    ...(search.verified !== undefined && { emailVerified: search.verified }),
    ...(search.staff !== undefined && { staff: search.staff }),
    ...(search.state && { state: [search.state] }),
    ...(search.verification && { verification: [search.verification] }),
    ...(search.language && { language: [search.language] }),
    ...(search.login && login[search.login]),
  };
}

export function orderOf({ sort, direction = "ASC" }: UsersSearch): UserOrder | undefined {
  return sort && { field: sort, direction };
}

/** Words of one or two letters are looked for at the beginning of names only; the screen says so. */
export function hasShortWord(q: string | undefined): boolean {
  return (q ?? "").split(/\s+/u).some((word) => word.length > 0 && [...word].length < 3 && !/^\d+$/u.test(word));
}
