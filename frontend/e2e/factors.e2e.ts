// Second factors: the first administrator of an empty database is led through the set-up of one; a customer sets one up,
// signs in with it, with a backup code, from a trusted device, and takes it away again.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, showScreen, visit } from "./browser";
import { type Login, type Roster, startRoster, startWithSample } from "./roster";
import { pick, signIn } from "./signIn";
import { codeOf } from "./totp";

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
});

/** The key that the page shows to be typed. */
async function shownKey(page: Page): Promise<string> {
  return (await page.locator("code").innerText()).replaceAll(" ", "");
}

/** Types a code of the app: the next one, when the present one was used already. */
async function giveCode(page: Page, key: string, used = "") {
  let code = codeOf(key);
  while (code === used) {
    await page.waitForTimeout(500);
    code = codeOf(key);
  }
  await page.getByLabel("Digit 1 of 6").click();
  await page.keyboard.type(code);
  return code;
}

const shownCodes = (page: Page) =>
  page.getByRole("list", { name: "Backup codes" }).getByRole("listitem").allInnerTexts();

async function signOut(page: Page) {
  await page.getByRole("banner").getByRole("button").click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
}

test("the first administrator is led through the set-up of a second factor", async () => {
  const roster: Roster = await startRoster();
  try {
    const link = /http:\S+\/set-up#\S+/.exec(roster.printed())?.[0] ?? "";
    const { page, faults } = await visit(browser, roster.url);
    const first = { email: "grace@shop.example", password: "a ladder in the lake" };
    await page.goto(link);
    await page.getByLabel("First name").fill("Grace");
    await page.getByLabel("Email address").fill(first.email);
    await page.getByLabel("New password").fill(first.password);
    await page.getByRole("button", { name: "Create administrator" }).click();
    await page.getByRole("button", { name: "Go to sign-in" }).click();
    await signIn(page, first);

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
    await roster.mail(first.email).then((mail) => expect(mail.subject).toBe("An authenticator app was set up"));
    expect(faults).toEqual([]);
  } finally {
    await roster.stop();
  }
});

test("a customer's second factor, from set-up to removal", async () => {
  const { roster, logins }: { roster: Roster; logins: Login[] } = await startWithSample(60, 20);
  try {
    const customer = pick(logins, ({ role, totp, answer }) => !role && !totp && !answer);
    const { page, faults } = await visit(browser, roster.url);
    await page.goto("/security");
    await signIn(page, customer);
    await page.getByRole("heading", { name: "Security" }).waitFor();
    await showScreen(page, "security-without");
    await page.getByRole("button", { name: "Set up" }).click();
    await page.getByRole("dialog", { name: "Confirm it’s you" }).waitFor();
    await page.getByLabel("Password", { exact: true }).fill(customer.password);
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByRole("dialog", { name: "Set up two-factor sign-in" }).waitFor();
    await showScreen(page, "security-set-up", { tall: true });
    const key = await shownKey(page);
    await giveCode(page, key);
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
    await giveCode(elsewhere.page, key, codeOf(key));
    await elsewhere.page.getByRole("button", { name: "Verify" }).click();
    await elsewhere.page.getByRole("heading", { name: "Security" }).waitFor();

    // The trusted device is not asked, until it is asked again.
    await signOut(page);
    await page.goto("/security");
    await signIn(page, customer);
    await page.getByRole("heading", { name: "Trusted devices" }).waitFor();
    await page.getByText("This device").waitFor();
    await showScreen(page, "security", { tall: true });
    await elsewhere.page.reload();
    await elsewhere.page.getByRole("button", { name: /^Ask again on Chrome/ }).click();
    await elsewhere.page.getByText("The device is asked for the second factor again.").waitFor();
    await signOut(page);
    await signIn(page, customer);
    await page.getByRole("heading", { name: "Two-factor sign-in" }).waitFor();

    // Taking it away asks who is there.
    await elsewhere.page.getByRole("button", { name: "Remove" }).click();
    await elsewhere.page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await elsewhere.page.getByLabel("Password", { exact: true }).fill(customer.password);
    await elsewhere.page.getByRole("button", { name: "Confirm" }).click();
    await elsewhere.page.getByRole("button", { name: "Use a backup code instead" }).click();
    await elsewhere.page.getByLabel("Backup code").fill(codes[1] ?? "");
    await showScreen(elsewhere.page, "sudo-backup-code");
    await elsewhere.page.getByRole("button", { name: "Confirm" }).click();
    await elsewhere.page.getByText("The authenticator app was removed.").waitFor();
    await elsewhere.page.getByRole("button", { name: "Set up" }).waitFor();
    expect([...faults, ...elsewhere.faults]).toEqual([]);
  } finally {
    await roster.stop();
  }
});
