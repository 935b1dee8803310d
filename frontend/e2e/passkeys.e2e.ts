// Passkeys with Chromium's virtual authenticator: add one, sign in by it alone, give it as second factor and as proof of
// identity, and remove it.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, showScreen, type Visit, visit } from "./browser";
import { type Device, plugIn } from "./device";
import { type Roster, startRoster } from "./roster";

interface Login {
  email: string;
  password: string;
  role?: string;
  totp?: string;
}

let roster: Roster;
let browser: Browser;
let customer: Login;
let admin: Login;
let one: Visit;
let device: Device;

beforeAll(async () => {
  roster = await startRoster((command) => {
    const sample = ["demo", "--users", "50", "--accounts", "20", "--seed", "1", "--print-secrets", "--json"];
    const logins: Login[] = JSON.parse(command(...sample));
    customer = logins.find(({ role, totp }) => !role && !totp) as Login;
    admin = logins.find(({ role }) => role === "Full Administrator") as Login;
  });
  browser = await launch();
  one = await visit(browser, roster.url);
  device = await plugIn(one);
});

afterAll(async () => {
  await browser.close();
  await roster.stop();
});

async function enter(page: Page, { email, password }: Login) {
  await page.getByLabel("Email address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

const signOut = async (page: Page) => {
  await page.goto("/account");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
};

test("a passkey is added under a name, once a device", async () => {
  const { page, faults } = one;
  // Adding one takes a proof of identity, by password as long as there is nothing better.
  await page.goto("/security");
  await enter(page, customer);
  await page.getByRole("heading", { name: "Passkeys" }).waitFor();
  await showScreen(page, "security-no-passkeys");
  await page.getByRole("button", { name: "Add passkey" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Work laptop");
  await showScreen(page, "passkey-add");
  await page.getByRole("button", { name: "Continue" }).click();
  const proof = page.getByRole("dialog", { name: "Confirm it’s you" });
  await proof.getByLabel("Password", { exact: true }).fill(customer.password);
  await proof.getByRole("button", { name: "Confirm" }).click();
  await page.getByText("The passkey “Work laptop” is added.").waitFor();
  await page.getByText("Never used").waitFor();
  await showScreen(page, "security-passkeys");
  expect((await roster.mail(customer.email)).text).toContain("“Work laptop” was added");
  const { credentials } = await device.cdp.send("WebAuthn.getCredentials", { authenticatorId: device.id });
  expect(credentials).toHaveLength(1);
  expect(credentials[0]?.rpId).toBe("localhost");
  expect(credentials[0]?.isResidentCredential).toBe(true);

  // The same device can't hold a second one of the same user.
  await page.getByRole("button", { name: "Add passkey" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Again");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByText("There is a passkey of yours on this device or key already.").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();

  expect(faults).toEqual([]);
});

test("it signs in without address and password", async () => {
  const { page, faults } = one;
  await signOut(page);
  await showScreen(page, "sign-in-passkey");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.getByRole("heading", { name: "Your account" }).waitFor();
  await page.goto("/security");
  await page
    .getByRole("region", { name: "Passkeys" })
    .getByText(/^Last used:/)
    .waitFor();

  // In another browser the address field offers it.
  const other = await visit(browser, roster.url);
  const twin = await plugIn(other, { autofill: true });
  const { credentials } = await device.cdp.send("WebAuthn.getCredentials", { authenticatorId: device.id });
  for (const credential of credentials) {
    await twin.cdp.send("WebAuthn.addCredential", { authenticatorId: twin.id, credential });
  }
  await other.page.goto("/sign-in");
  await other.page.getByRole("heading", { name: "Your account" }).waitFor();
  // The counter of the twin went on; that of the first device must not stay behind.
  const [moved] = (await twin.cdp.send("WebAuthn.getCredentials", { authenticatorId: twin.id })).credentials;
  if (moved) {
    await device.cdp.send("WebAuthn.removeCredential", {
      authenticatorId: device.id,
      credentialId: moved.credentialId,
    });
    await device.cdp.send("WebAuthn.addCredential", { authenticatorId: device.id, credential: moved });
  }
  expect(other.faults).toEqual([]);
  await other.context.close();

  expect(faults).toEqual([]);
});

test("it is the second factor after a password, and staff see that there is one", async () => {
  const { page, faults } = one;
  await signOut(page);
  await enter(page, customer);
  await page.getByRole("heading", { name: "Two-factor sign-in" }).waitFor();
  await showScreen(page, "second-factor-passkey");
  await device.cdp.send("WebAuthn.setUserVerified", { authenticatorId: device.id, isUserVerified: false });
  await page.getByRole("button", { name: "Use your passkey" }).click();
  await page.getByText(/Your browser reports no passkey/).waitFor();
  await device.cdp.send("WebAuthn.setUserVerified", { authenticatorId: device.id, isUserVerified: true });
  await page.getByRole("button", { name: "Use your passkey" }).click();
  await page.getByRole("heading", { name: "Your account" }).waitFor();

  const other = await visit(browser, roster.url);
  await other.page.goto("/");
  await enter(other.page, admin);
  await other.page.getByRole("searchbox", { name: "Search users" }).fill(customer.email);
  await other.page
    .getByRole("link", { name: new RegExp(customer.email) })
    .or(other.page.getByRole("row").filter({ hasText: customer.email }).getByRole("link"))
    .first()
    .click();
  await other.page.getByText("1 passkey, which also signs in without the password.").waitFor();
  await showScreen(other.page, "manage-user-passkey");
  expect(other.faults).toEqual([]);
  await other.context.close();

  expect(faults).toEqual([]);
});

test("it proves who somebody is, until it is removed", async () => {
  const { page, faults } = one;
  await page.goto("/security");
  await page.getByRole("button", { name: "Rename “Work laptop”" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Old laptop");
  await page.getByRole("button", { name: "Rename", exact: true }).click();
  const proof = page.getByRole("dialog", { name: "Confirm it’s you" });
  await proof.waitFor();
  await showScreen(page, "sudo-passkey");
  expect(await proof.getByLabel("Password", { exact: true }).count()).toBe(0);
  await proof.getByRole("button", { name: "Use your passkey" }).click();
  await page.getByText("The passkey is now called “Old laptop”.").waitFor();
  await page.getByRole("button", { name: "Remove “Old laptop”" }).click();
  await showScreen(page, "passkey-remove");
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByText("You have no passkey").waitFor();
  expect((await roster.mail(customer.email)).text).toContain("“Old laptop” was removed");

  // What was removed opens nothing, and the password alone does again.
  await signOut(page);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.getByText(/This passkey was not accepted/).waitFor();
  await enter(page, customer);
  await page.getByRole("heading", { name: "Your account" }).waitFor();
  expect(faults).toEqual([]);
});
