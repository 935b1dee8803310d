// An empty database: the link that the server prints makes the first administrator.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, showScreen, visit } from "./browser";
import { giveCode, shownCodes, shownKey } from "./enrol";
import { type Roster, startRoster } from "./roster";
import { signIn } from "./signIn";

let roster: Roster;
let browser: Browser;

beforeAll(async () => {
  roster = await startRoster();
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  await roster.stop();
});

test("the printed link makes the first administrator, once", async () => {
  const link = /http:\S+\/set-up#\S+/.exec(roster.printed())?.[0] ?? "";
  const { page, faults } = await visit(browser, roster.url);
  await page.goto("/");
  await page.getByText("Nobody has set this up yet.").waitFor();
  await showScreen(page, "set-up-needed");

  await page.goto(link);
  await page.getByRole("heading", { name: "Set up Roster" }).waitFor();
  expect(page.url(), "the token has left the address bar").toBe(`${roster.url}/set-up`);
  await showScreen(page, "set-up");
  const first = { email: "grace@shop.example", password: "a ladder in the lake" };
  await page.getByLabel("First name").fill("Grace");
  await page.getByLabel("Email address").fill("grace");
  await page.getByLabel("New password").fill(first.password);
  await page.getByText("Strength: strong").waitFor();
  await page.getByRole("button", { name: "Create administrator" }).click();
  await page.getByText("This is not an email address.").waitFor();
  await showScreen(page, "set-up-refused");
  await page.getByLabel("Email address").fill(first.email);
  await page.getByRole("button", { name: "Create administrator" }).click();
  await page.getByRole("heading", { name: "You are the administrator" }).waitFor();
  await showScreen(page, "set-up-done");

  await page.getByRole("button", { name: "Go to sign-in" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect(await page.getByText("Nobody has set this up yet.").count()).toBe(0);
  await signIn(page, first);
  // Staff must have a second factor; until then nothing else opens.
  await page.getByRole("heading", { name: "Set up two-factor sign-in" }).waitFor();
  await page.getByRole("img", { name: /QR code/ }).waitFor();
  await showScreen(page, "enrolment-demanded", { tall: true });
  await page.goto("/admin/users");
  await page.getByRole("heading", { name: "Set up two-factor sign-in" }).waitFor();
  await giveCode(page, await shownKey(page));
  await page.getByRole("heading", { name: "Keep these backup codes" }).waitFor();
  expect(await shownCodes(page)).toHaveLength(10);
  await showScreen(page, "enrolment-codes");
  await page.getByRole("button", { name: "I have kept them" }).click();
  await page.getByRole("heading", { name: "Manage Users" }).waitFor();
  expect((await roster.mail(first.email)).subject).toBe("An authenticator app was set up");
  await page.getByText("1 user", { exact: true }).waitFor();

  await page.goto(link);
  await page.getByLabel("First name").fill("Mallory");
  await page.getByLabel("Email address").fill("mallory@shop.example");
  await page.getByLabel("New password").fill("another ladder in the lake");
  await page.getByRole("button", { name: "Create administrator" }).click();
  await page.getByRole("heading", { name: "This link doesn’t work any more" }).waitFor();
  await showScreen(page, "set-up-over");
  expect(faults).toEqual([]);
});
