// The way back in: a mailed link, the security question, a new password. The mails go through a real SMTP server.
import type { ParsedMail } from "mailparser";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, showScreen, type Visit, visit } from "./browser";
import { type Login, type Roster, startWithSample } from "./roster";
import { pick, prove, signIn } from "./signIn";
import { codeOf } from "./totp";

let roster: Roster;
let logins: Login[];
let browser: Browser;
const visits: Visit[] = [];

beforeAll(async () => {
  ({ roster, logins } = await startWithSample(200, 80));
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  await roster.stop();
});

const open = async (options?: Parameters<typeof visit>[2]): Promise<Page> => {
  const one = await visit(browser, roster.url, options);
  visits.push(one);
  return one.page;
};

/** The link of a mail, which both of its parts must carry. */
function linkOf({ text = "", html }: ParsedMail): string {
  const link = new RegExp(`${roster.url}/\\S+#[\\w-]+`).exec(text)?.[0] ?? "";
  expect(link).not.toBe("");
  expect(html).toContain(`href="${link}"`);
  return link;
}

/** Opens a link as a new page would; in the same one only the hash would change. */
async function reopen(page: Page, link: string) {
  await page.goto("about:blank");
  await page.goto(link);
}

test("staff send a link, and it leads to a new password", async () => {
  const customer = pick(logins, ({ answer, totp }) => answer && !totp);
  const admin = pick(logins, ({ role }) => role === "Full Administrator");
  const elsewhere = await open();
  await elsewhere.goto("/");
  await signIn(elsewhere, customer);
  await elsewhere.getByRole("heading", { name: "Your account" }).waitFor();
  await showScreen(elsewhere, "account", { tall: true });

  const staff = await open();
  await staff.goto("/");
  await signIn(staff, admin);
  await staff.getByRole("searchbox", { name: "Search users" }).fill(customer.email);
  const row = staff.getByRole("row").filter({ hasText: customer.email });
  await row.getByRole("button", { name: /^Actions for/ }).click();
  await staff.getByRole("menuitem", { name: "Password reset…" }).click();
  await staff.getByRole("button", { name: "OK" }).click();
  await staff.getByText(`The mail to ${customer.email} is queued.`).waitFor();

  const mail = await roster.mail(customer.email);
  expect(mail.subject).toBe("Set a new password");
  expect(mail.from?.text).toContain("roster@roster.example");
  const link = linkOf(mail);

  const page = await open();
  await page.goto(link);
  await page.getByRole("heading", { name: "Set a new password" }).waitFor();
  await page.getByLabel("New password").waitFor();
  expect(page.url(), "the token has left the address bar").toBe(`${roster.url}/reset`);
  await showScreen(page, "reset");

  // A wrong answer and a poor password are each refused beside their field; the link stays good.
  const password = "correct staple horse 9";
  await page.getByLabel("New password").fill("short");
  await page.getByRole("button", { name: "Set password" }).click();
  await page.getByText("Use at least 15 characters.").waitFor();
  await page.getByRole("textbox").first().fill("something else");
  await page.getByLabel("New password").fill(password);
  await page.getByText("Strength: strong").waitFor();
  await page.getByRole("button", { name: "Set password" }).click();
  await page.getByText("The answer is not right").waitFor();
  await showScreen(page, "reset-refused");
  await page.getByRole("textbox").first().fill(` ${customer.answer?.toUpperCase()} `);
  await page.getByRole("button", { name: "Set password" }).click();
  await page.getByRole("heading", { name: "Your password is changed" }).waitFor();
  await showScreen(page, "reset-done");

  expect((await roster.mail(customer.email)).subject).toBe("Your password was changed");
  await elsewhere.reload();
  await elsewhere.getByRole("heading", { name: "Sign in" }).waitFor();

  await reopen(page, link);
  await page.getByRole("heading", { name: "This link doesn’t work any more" }).waitFor();
  await showScreen(page, "reset-over");

  await page.goto("/sign-in");
  await signIn(page, customer);
  await page.getByText("don’t go together").waitFor();
  await signIn(page, { ...customer, password });
  await page.getByRole("heading", { name: "Your account" }).waitFor();

  await page.goto("/admin");
  await page.getByRole("heading", { name: "You can’t open this page" }).waitFor();
  await showScreen(page, "access-denied");
});

test("who reads German is written to in German, and still asked for the second factor", async () => {
  const customer = pick(logins, ({ answer, totp }) => answer && totp);
  const page = await open({ locale: "de-DE" });
  await page.goto("/sign-in");
  await page.getByRole("heading", { name: "Anmelden" }).waitFor();
  await showScreen(page, "sign-in-de");
  await page.getByRole("link", { name: "Passwort vergessen?" }).click();
  await page.getByLabel("E-Mail-Adresse").waitFor();
  await showScreen(page, "forgot-password-de");
  await page.getByLabel("E-Mail-Adresse").fill(customer.email);
  await page.getByLabel("E-Mail-Adresse").press("Enter");
  await page.getByText(customer.email).waitFor();
  await showScreen(page, "forgot-password-sent-de");

  const mail = await roster.mail(customer.email);
  expect(mail.subject).toBe("Neues Passwort festlegen");
  await page.goto(linkOf(mail));
  await page.getByLabel("Neues Passwort").waitFor();
  await showScreen(page, "reset-de");
  const password = "Trompete im Gartenhaus";
  await page
    .getByRole("textbox")
    .first()
    .fill(customer.answer ?? "");
  await page.getByLabel("Neues Passwort").fill(password);
  await page.getByLabel("Neues Passwort").press("Enter");
  await page.getByRole("heading", { name: "Ihr Passwort ist geändert" }).waitFor();
  expect((await roster.mail(customer.email)).subject).toBe("Ihr Passwort wurde geändert");

  await page.goto("/sign-in");
  await page.getByLabel("E-Mail-Adresse").fill(customer.email);
  await page.getByLabel("Passwort", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Anmelden", exact: true }).click();
  await page.getByRole("heading", { name: "Zwei-Faktor-Anmeldung" }).waitFor();
  await showScreen(page, "second-factor-de");
  await page.keyboard.type("000000");
  await page.keyboard.press("Enter");
  await page.getByText("Dieser Code stimmt nicht").waitFor();
  await page.keyboard.type(codeOf(customer.totp ?? ""));
  await page.keyboard.press("Enter");
  // Who has several accounts is asked which one first.
  await page.getByRole("heading", { name: /^Ihr(e Konten| Konto)$/ }).waitFor();
  await page.goto("/account");
  await page.getByRole("heading", { name: "Ihr Konto" }).waitFor();
  await showScreen(page, "account-de", { tall: true });
});

test("a changed address is confirmed by the link sent to it", async () => {
  const customer = pick(logins, ({ role, answer, totp }) => !role && !answer && !totp);
  const staff = visits[1]?.page as Page;
  await staff.getByRole("searchbox", { name: "Search users" }).fill(customer.email);
  await staff.getByRole("row").filter({ hasText: customer.email }).click();
  await staff.getByRole("button", { name: "Edit" }).click();
  await staff.getByLabel("Email address", { exact: true }).fill("somewhere.else@letter.example");
  await staff.getByText("The new address has to be confirmed").waitFor();
  await showScreen(staff, "user-edit-moved", { part: "[role=dialog]" });
  await staff.getByRole("button", { name: "Save", exact: true }).click();
  await prove(staff, pick(logins, ({ role }) => role === "Full Administrator").password);
  await staff.getByText(/ was saved\.$/).waitFor();

  await roster.mail(customer.email);
  const page = await open();
  const link = linkOf(await roster.mail("somewhere.else@letter.example"));
  await page.goto(link);
  await page.getByRole("heading", { name: "Confirm your email address" }).waitFor();
  expect(page.url()).toBe(`${roster.url}/verify-email`);
  await showScreen(page, "verify-email");
  await page.getByRole("button", { name: "Confirm address" }).click();
  await page.getByRole("heading", { name: "Your address is confirmed" }).waitFor();
  await showScreen(page, "verify-email-done");
  await reopen(page, link);
  await page.getByRole("heading", { name: "This link doesn’t work any more" }).waitFor();
});

test("nothing went wrong behind the scenes", () => expect(visits.flatMap(({ faults }) => faults)).toEqual([]));
