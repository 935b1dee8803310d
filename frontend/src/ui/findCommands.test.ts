import { expect, test } from "vitest";
import { findCommands } from "./findCommands";

const command = (label: string, group: string, words?: string) => ({ id: label, label, group, words, run: () => {} });
const all = [
  command("Sign out", "Session", "log off"),
  command("Dark", "Appearance"),
  command("Manage Users", "Clients"),
  command("Über Roster", "Hilfe"),
];
const labels = (typed: string) => findCommands(all, typed).map(({ label }) => label);

test.each([
  ["", all.map(({ label }) => label)],
  ["us", ["Manage Users"]],
  ["users man", ["Manage Users"]],
  ["LOG", ["Sign out"]],
  ["uber", ["Über Roster"]],
  ["anage", []],
])("%j finds %j", (typed, found) => {
  expect(labels(typed)).toEqual(found);
});

test("what begins with the word comes first", () => {
  expect(
    findCommands([command("Sign in", "Users"), command("Users", "Clients")], "users").map(({ label }) => label),
  ).toEqual(["Users", "Sign in"]);
});
