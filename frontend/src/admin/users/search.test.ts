import { expect, test } from "vitest";
import { filterOf, hasShortWord, orderOf, readUsersSearch, withoutVerification } from "./search";

test("an address is read strictly, and what is not understood is left out", () => {
  expect(
    readUsersSearch({ q: "garc", twoFactor: true, question: "yes", state: "GONE", login: "never", sort: "NAME", x: 1 }),
  ).toEqual({ q: "garc", twoFactor: true, login: "never", sort: "NAME", direction: "ASC" });
  expect(readUsersSearch({ q: "  ", sort: "PASSWORD", direction: "DESC" })).toEqual({});
  expect(readUsersSearch({ q: 4711, direction: "DESC", sort: "EMAIL" })).toEqual({
    q: "4711",
    sort: "EMAIL",
    direction: "DESC",
  });
});

test("the filter says what the address says", () => {
  const now = Date.parse("2026-03-31T12:00:00Z");
  expect(filterOf({}, now)).toEqual({});
  expect(filterOf({ q: "ann", twoFactor: false, state: "SUSPENDED", language: "de", login: "not30" }, now)).toEqual({
    search: "ann",
    twoFactorEnabled: false,
    state: ["SUSPENDED"],
    language: ["de"],
    lastLoginBefore: "2026-03-01T12:00:00.000Z",
  });
});

test("without an order the API's own holds", () => {
  expect(orderOf({})).toBeUndefined();
  expect(orderOf({ sort: "NAME" })).toEqual({ field: "NAME", direction: "ASC" });
});

test.each([
  ["ga", true],
  ["garc", false],
  ["maria ga", true],
  ["42", false],
  ["", false],
])("%j has a short word: %s", (q, short) => {
  expect(hasShortWord(q)).toBe(short);
});

test("proofs of identity are filtered and ordered by, and left out for who may not ask about them", () => {
  const search = readUsersSearch({ q: "garc", verification: "SUBMITTED", sort: "VERIFICATION" });
  expect(filterOf(search, 0)).toEqual({ search: "garc", verification: ["SUBMITTED"] });
  expect(orderOf(search)).toEqual({ field: "VERIFICATION", direction: "ASC" });
  expect(withoutVerification(search)).toEqual({ q: "garc" });
  expect(withoutVerification({ verification: "EXPIRED", sort: "NAME", direction: "DESC" })).toEqual({
    sort: "NAME",
    direction: "DESC",
  });
  expect(readUsersSearch({ verification: "VALIDATED" })).toEqual({});
});
