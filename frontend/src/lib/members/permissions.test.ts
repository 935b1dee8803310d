import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { allPermissions, dayOf, endOfDay } from "./permissions";

test("each account permission that the API knows is in one group", () => {
  const schema = readFileSync("graph/schema/account.graphql", "utf8");
  const [, all = ""] = /enum AccountPermission {([^}]*)}/.exec(schema) ?? [];
  const known = all.match(/^ {2}[A-Z_]+$/gm)?.map((name) => name.trim()) ?? [];
  expect(known.length).toBeGreaterThan(10);
  expect([...allPermissions].sort()).toEqual(known.sort());
});

test("a day ends at its end, and a moment is on its day", () => {
  expect(dayOf(endOfDay("2027-01-31"))).toBe("2027-01-31");
  expect(endOfDay("")).toBeUndefined();
  expect(endOfDay("nonsense")).toBeUndefined();
  expect(dayOf(null)).toBe("");
});
