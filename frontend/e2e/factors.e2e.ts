// A customer's second factor: set up, given, a backup code in its stead, a device that goes without it, and away again.
// How the first administrator is led through the set-up is in setUp.e2e.ts.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, showScreen, visit } from "./browser";
import { giveCode, shownCodes, shownKey } from "./enrol";
import { type Login, type Roster, startWithSample } from "./roster";
import { pick, signIn } from "./signIn";

let roster: Roster;
let logins: Login[];
let browser: Browser;

beforeAll(async () => {
  ({ roster, logins } = await startWithSample(60, 20));
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  await roster.stop();
});

async function signOut(page: Page) {
  await page.getByRole("banner").getByRole("button").last().click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
}

test("a customer's second factor, from set-up to removal", async () => {
  const customer = pick(logins, ({ role, totp, answer }) => !role && !totp && !answer);
  const { page, faults } = await visit(browser, roster.url);
  await page.goto("/security");
  await signIn(page, customer);
  await page.getByRole("heading", { name: "Security", exact: true }).waitFor();
  await showScreen(page, "security-without");
  await page.getByRole("button", { name: "Set up" }).click();
  await page.getByRole("dialog", { name: "Confirm it’s you" }).waitFor();
  await page.getByLabel("Password", { exact: true }).fill(customer.password);
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByRole("dialog", { name: "Set up two-factor sign-in" }).waitFor();
  await showScreen(page, "security-set-up", { tall: true });
  const key = await shownKey(page);
  const used = await giveCode(page, key);
  await page.getByRole("dialog", { name: "Keep these backup codes" }).waitFor();
  const codes = await shownCodes(page);
  expect(codes).toHaveLength(10);
  await showScreen(page, "security-codes");
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download" }).click(),
  ]);
  expect(file.suggestedFilename()).toBe("backup-codes.txt");
  await page.emulateMedia({ media: "print" });
  expect(await page.getByRole("button", { name: "I have kept them" }).isVisible()).toBe(false);
  expect(await page.getByText(codes[0] ?? "", { exact: true }).isVisible()).toBe(true);
  await page.emulateMedia({ media: "screen" });
  await page.getByRole("button", { name: "I have kept them" }).click();
  await page.getByText("10 of 10 are left.").waitFor();
  await roster.mail(customer.email);

  // A backup code works once.
  await signOut(page);
  await signIn(page, customer);
  await page.getByRole("heading", { name: "Two-factor sign-in" }).waitFor();
  await showScreen(page, "second-factor");
  await page.getByRole("button", { name: "Use a backup code" }).click();
  await page.getByLabel("Backup code").fill(codes[0]?.toLowerCase().replaceAll("-", " ") ?? "");
  await page.getByLabel("Don’t ask again on this device").check();
  await showScreen(page, "second-factor-backup");
  await page.getByRole("button", { name: "Verify" }).click();
  await page.getByRole("heading", { name: "Your account" }).waitFor();
  expect((await roster.mail(customer.email)).text).toContain("Codes that are left: 9.");

  const elsewhere = await visit(browser, roster.url);
  await elsewhere.page.goto("/security");
  await signIn(elsewhere.page, customer);
  await elsewhere.page.getByRole("button", { name: "Use a backup code" }).click();
  await elsewhere.page.getByLabel("Backup code").fill(codes[0] ?? "");
  await elsewhere.page.getByRole("button", { name: "Verify" }).click();
  await elsewhere.page.getByText("This backup code is not right, or it was used before.").waitFor();
  await elsewhere.page.getByRole("button", { name: "Use the authenticator app" }).click();
  await giveCode(elsewhere.page, key, used);
  await elsewhere.page.getByRole("button", { name: "Verify" }).click();
  await elsewhere.page.getByRole("heading", { name: "Security", exact: true }).waitFor();

  // The trusted device is not asked, until it is asked again.
  await signOut(page);
  await page.goto("/security");
  await signIn(page, customer);
  await page.getByRole("heading", { name: "Trusted devices" }).waitFor();
  await page.getByText("This device", { exact: true }).waitFor();
  await showScreen(page, "security", { tall: true });
  await elsewhere.page.reload();
  await elsewhere.page.getByRole("button", { name: /^Ask again on Chrome/ }).click();
  await elsewhere.page.getByText("The device is asked for the second factor again.").waitFor();
  await signOut(page);
  await signIn(page, customer);
  await page.getByRole("heading", { name: "Two-factor sign-in" }).waitFor();

  // Taking it away asks who is there.
  await elsewhere.page.getByRole("button", { name: "Remove", exact: true }).click();
  await elsewhere.page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
  await elsewhere.page.getByLabel("Password", { exact: true }).fill(customer.password);
  await elsewhere.page.getByRole("button", { name: "Confirm" }).click();
  await elsewhere.page.getByRole("button", { name: "Use a backup code instead" }).click();
  await elsewhere.page.getByLabel("Backup code").fill(codes[1] ?? "");
  await showScreen(elsewhere.page, "sudo-backup-code");
  await elsewhere.page.getByRole("button", { name: "Confirm" }).click();
  await elsewhere.page.getByText("The authenticator app was removed.").waitFor();
  await elsewhere.page.getByRole("button", { name: "Set up" }).waitFor();
  expect([...faults, ...elsewhere.faults]).toEqual([]);
});
