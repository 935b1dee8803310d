import { expect, test } from "vitest";
import { estimate } from "./estimate";

const about = ["Acme", "Roster", "Maria Sample", "maria.sample@home.example"];

test.each([
  ["passwordpassword", 1],
  ["qwertyuiopasdfgh", 1],
  ["aaaaaaaaaaaaaaaaaaaa", 1],
  ["Maria Sample 2026", 2],
  ["mariasample2026", 1],
  ["maria.sample@home.example", 1],
] as const)("%s is at most %d", (password, most) => {
  expect(estimate({ password, about })).toBeLessThanOrEqual(most);
});

test.each(["nine green bottles on a wall", "Trompete im Gartenhaus", "jx7 Kq0wpz vB!"])("%s is strong", (password) => {
  expect(estimate({ password, about })).toBe(4);
});

test("what is known of somebody makes a password weaker", () => {
  const password = "mariasample2026";
  expect(estimate({ password, about })).toBeLessThan(estimate({ password, about: [] }));
});
