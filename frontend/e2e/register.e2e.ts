// A visitor becomes a user, proves the address, moves to another one, and the former mailbox takes that back. The mails
// go through a real SMTP server.
import type { ParsedMail } from "mailparser";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, showScreen, type Visit, visit } from "./browser";
import { type Roster, startRoster } from "./roster";

const former = "Nora.Berg@first.example";
const next = "nora@second.example";
const password = "correct staple horse 9";

let roster: Roster;
let browser: Browser;
const visits: Visit[] = [];

beforeAll(async () => {
  roster = await startRoster((command) => {
    command("demo", "--users", "20", "--accounts", "8", "--seed", "1");
  });
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  await roster.stop();
});

const open = async (): Promise<Page> => {
  const one = await visit(browser, roster.url);
  visits.push(one);
  return one.page;
};

/** The link of the next mail to the address, which has to be about this. */
async function link(to: string, subject: string): Promise<string> {
  const mail: ParsedMail = await roster.mail(to);
  expect(mail.subject).toBe(subject);
  const found = new RegExp(`${roster.url}/\\S+#[\\w-]+`).exec(mail.text ?? "")?.[0] ?? "";
  expect(mail.html).toContain(`href="${found}"`);
  return found;
}

/** Opens a link as a new page would; in the same one only the hash would change. */
async function follow(page: Page, to: string) {
  await page.goto("about:blank");
  await page.goto(to);
}

async function signIn(page: Page, email: string, secret = password) {
  await page.getByLabel("Email address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(secret);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

// Each journey goes on where the one before it ended: Nora's own browser, another one of hers, and one of nobody's.
let page: Page;
let other: Page;
let nobody: Page;

test("a visitor registers, signs in at once, and proves the address", async () => {
  [page, other, nobody] = [await open(), await open(), await open()];
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "New here? Register" }).click();
  await page.getByLabel("First name").fill("Nora");
  await page.getByLabel("Last name").fill("Berg");
  await showScreen(page, "register");
  await page.getByLabel("Email address").fill(former);
  await page.getByLabel("Password", { exact: true }).fill("short");
  if (await page.getByLabel("Security question").isVisible()) {
    await page.getByLabel("Security question").selectOption({ index: 1 });
    await page.getByLabel("Your answer").fill("Bella Ciao");
  }
  await page.getByRole("button", { name: "Register" }).click();
  await page.getByText("Use at least 15 characters.").waitFor();
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByText("Strength: strong").waitFor();
  await page.getByLabel("Password", { exact: true }).press("Enter");
  await page.getByRole("heading", { name: "Look into your mailbox" }).waitFor();
  await showScreen(page, "register-sent");

  // Nothing waits for the proof: the banner asks for it, and can be put off until the next sign-in.
  const proof = await link(former, "Please confirm your email address");
  await page.getByRole("link", { name: "Back to sign-in" }).click();
  await signIn(page, former);
  await page.getByText("Please confirm your email address: we have sent a link").waitFor();
  await showScreen(page, "account-unverified");
  await page.getByRole("button", { name: "Later" }).click();
  await page.reload();
  await page.getByRole("heading", { name: "Your account" }).waitFor();
  expect(await page.getByText("Please confirm your email address").count()).toBe(0);

  // Another browser with the link and without the password: it is told what that would do, and signs in instead.
  await other.goto(proof);
  await other.getByRole("button", { name: "Confirm without signing in" }).waitFor();
  expect(other.url(), "the token has left the address bar").toBe(`${roster.url}/verify-email`);
  await showScreen(other, "verify-email-first");
  await other.getByRole("link", { name: "Sign in" }).click();
  await signIn(other, former);
  await other.getByRole("button", { name: "Confirm address" }).click();
  await other.getByRole("heading", { name: "Your address is confirmed" }).waitFor();
});

test("the profile speaks another language at once, and the address moves", async () => {
  await page.goto("/profile");
  await page.getByLabel("Language", { exact: true }).selectOption("de");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("heading", { name: "Ihr Profil" }).waitFor();
  await showScreen(page, "profile-de");
  await page.getByLabel("Sprache", { exact: true }).selectOption("en");
  await page.getByLabel("Zeitzone").selectOption("America/New_York");
  await page.getByRole("button", { name: "Speichern" }).click();
  await page.getByRole("heading", { name: "Your profile" }).waitFor();
  await showScreen(page, "profile");

  await page.getByLabel("New email address").fill(next);
  await page.getByLabel("Your password").fill(password);
  await page.getByRole("button", { name: "Send the link" }).click();
  await page.getByText(`A mail to ${next} says how to go on.`).waitFor();
  const change = await link(next, "Confirm your new email address");
  await nobody.goto(change);
  await nobody.getByText("Only the user who asked for").waitFor();
  await showScreen(nobody, "confirm-email-signed-out");
  await follow(page, change);
  await page.getByText("sessions on other devices end").waitFor();
  await showScreen(page, "confirm-email");
  await page.getByRole("button", { name: "Use this address" }).click();
  await page.getByRole("heading", { name: "Your address is changed" }).waitFor();
  await page.getByRole("button", { name: "Go to your account" }).click();
  await page.getByText(next).first().waitFor();
  await other.reload();
  await other.goto("/account");
  await other.getByRole("heading", { name: "Sign in" }).waitFor();
  expect((await roster.mail(next)).subject).toBe("This is your address now");
});

test("the former mailbox takes it back: sessions are over, the old address is there again", async () => {
  const disown = await link(former, "Your email address was changed");
  await follow(nobody, disown);
  await nobody.getByText(`You sign in with ${former} again.`).waitFor();
  await showScreen(nobody, "disown");
  await nobody.getByRole("button", { name: "This wasn’t me: take it back" }).click();
  await nobody.getByRole("heading", { name: "Your address is back" }).waitFor();
  await showScreen(nobody, "disown-done");
  await page.goto("/account");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await signIn(page, next);
  await page.getByText("don’t go together").waitFor();
  expect((await roster.mail(next)).subject).toBe("The change of your address was disputed");

  await follow(nobody, await link(former, "Set a new password"));
  await nobody.getByLabel("New password").fill("Trompete im Gartenhaus");
  const answer = nobody.getByRole("textbox").first();
  if (await nobody.getByText("Your security question.").isVisible()) await answer.fill("bella ciao");
  await nobody.getByRole("button", { name: "Set password" }).click();
  await nobody.getByRole("heading", { name: "Your password is set" }).waitFor();
  await nobody.getByRole("button", { name: "Go to sign-in" }).click();
  await signIn(nobody, former, "Trompete im Gartenhaus");
  await nobody.getByRole("heading", { name: "Your account" }).waitFor();
  await nobody.getByText(former).first().waitFor();
});

test("nothing went wrong behind the scenes", () => expect(visits.flatMap(({ faults }) => faults)).toEqual([]));
