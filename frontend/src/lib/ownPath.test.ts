import { expect, test } from "vitest";
import { ownPath } from "./ownPath";

test.each([
  ["/admin/users?q=garc&sort=-NAME", "/admin/users?q=garc&sort=-NAME"],
  ["/account", "/account"],
  ["/a/../account", "/account"],
])("%s leads on", (value, path) => {
  expect(ownPath(value)).toBe(path);
});

test.each([
  "https://evil.example",
  "//evil.example",
  "/\\evil.example",
  "/a/..//evil.example",
  "/\tadmin",
  "/\u0085x",
  "admin",
  "javascript:alert(1)",
  "",
  undefined,
  ["/admin"],
  `/${"a".repeat(2000)}`,
])("%j leads nowhere", (value) => {
  expect(ownPath(value)).toBeUndefined();
});
