// The whole way of a customer's credentials in one go, in English and in Arabic: registered, proved, enrolled, used, lost
// and recovered. The words come from the catalogues, so both languages go the same way.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import arClient from "../src/locales/ar/client.json";
import arCommon from "../src/locales/ar/common.json";
import enClient from "../src/locales/en/client.json";
import enCommon from "../src/locales/en/common.json";
import { launch, showScreen, visit } from "./browser";
import { plugIn } from "./device";
import { giveCode, shownCodes, shownKey } from "./enrol";
import { type Roster, startWithSample } from "./roster";

let roster: Roster;
let browser: Browser;

beforeAll(async () => {
  ({ roster } = await startWithSample(40, 20));
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  await roster.stop();
});

const ways = [
  { locale: "en-GB", t: enClient, c: enCommon, email: "nora.vale@mail.example", pet: "Bella", book: "Treasure Island" },
  { locale: "ar-EG", t: arClient, c: arCommon, email: "salma.nour@mail.example", pet: "بسبوسة", book: "كليلة ودمنة" },
];

test.each(ways)(
  "from registration to recovery in $locale",
  { timeout: 240_000 },
  async ({ locale, t, c, email, pet, book }) => {
    const language = locale.slice(0, 2);
    const one = await visit(browser, roster.url, { locale });
    await plugIn(one);
    const { page } = one;
    const press = (name: string, on: Page = page) => on.getByRole("button", { name, exact: true }).click();
    const heading = (name: string, on: Page = page) => on.getByRole("heading", { name, exact: true }).waitFor();
    const fill = (label: string, value: string, on: Page = page) => on.getByLabel(label, { exact: true }).fill(value);
    const show = (name: string) => showScreen(page, `identity-${language}-${name}`, { tall: true });
    const follow = async (on: Page) => {
      const { text = "" } = await roster.mail(email);
      await on.goto("about:blank");
      await on.goto(new RegExp(`${roster.url}/\\S+#[\\w-]+`).exec(text)?.[0] ?? "");
    };
    const signIn = async (password: string, on: Page = page) => {
      await fill(c.field.email, email, on);
      await fill(c.field.password, password, on);
      await press(t.signIn.submit, on);
    };
    const signOut = async () => {
      await page.goto("/account");
      await press(t.account.signOut);
      await heading(t.signIn.title);
    };
    const prove = async (password: string) => {
      const dialog = page.getByRole("dialog", { name: c.sudo.title });
      await dialog.getByLabel(c.field.password, { exact: true }).fill(password);
      await dialog.getByRole("button", { name: c.sudo.submit, exact: true }).click();
      return dialog;
    };
    const password = "seven lanterns by the quay";

    // Registers, signs in at once, and proves the address.
    await page.goto("/register");
    await fill(t.register.firstName, "Nora");
    await page.getByLabel(t.register.lastName).fill("Vale");
    await fill(c.field.email, email);
    await page.getByLabel(t.register.question, { exact: true }).selectOption({ index: 1 });
    await fill(t.register.answer, pet);
    await fill(c.field.password, password);
    await press(t.register.submit);
    await heading(t.register.sent);
    await page.goto("/sign-in");
    await signIn(password);
    await heading(t.account.title);
    await follow(page);
    await press(t.verify.submit);
    await heading(t.verify.done);

    // An authenticator app, and ten backup codes.
    await page.goto("/security");
    expect(await page.locator("html").getAttribute("dir")).toBe(language === "ar" ? "rtl" : "ltr");
    await press(t.twoFactor.setUp);
    await prove(password);
    await heading(t.enrolment.title);
    const key = await shownKey(page);
    let used = await giveCode(page, key);
    await page.getByRole("dialog", { name: t.backupCodes.keep }).waitFor();
    const codes = await shownCodes(page);
    expect(codes).toHaveLength(10);
    await show("codes");
    await press(t.backupCodes.kept);
    await roster.mail(email);

    // The code, then a backup code, which works once.
    await signOut();
    await signIn(password);
    await heading(t.secondFactor.title);
    used = await giveCode(page, key, used);
    await press(t.secondFactor.submit);
    await heading(t.account.title);
    const [first = "", second = "", third = ""] = codes;
    const giveBackup = async (code: string) => {
      await fill(c.field.backupCode, code);
      await press(t.secondFactor.submit);
    };
    await signOut();
    await signIn(password);
    await press(t.secondFactor.useBackupCode);
    await giveBackup(first);
    await heading(t.account.title);
    await signOut();
    await signIn(password);
    await press(t.secondFactor.useBackupCode);
    await giveBackup(first);
    await page.getByText(c.userError.backupCode.WRONG).waitFor();
    await giveBackup(second);
    await heading(t.account.title);

    // A passkey signs in by itself.
    await page.goto("/security");
    await press(t.passkeys.add.action);
    await fill(t.passkeys.name, "Laptop");
    await press(t.passkeys.add.submit);
    const proof = await prove(password);
    await proof.getByRole("button", { name: c.sudo.useBackupCode, exact: true }).click();
    await proof.getByLabel(c.field.backupCode, { exact: true }).fill(third);
    await proof.getByRole("button", { name: c.sudo.submit, exact: true }).click();
    await page.getByText(t.passkeys.unused, { exact: true }).waitFor();
    await signOut();
    await press(t.signIn.passkey);
    await heading(t.account.title);

    // Another question, with the answer to the present one.
    await page.goto("/security");
    await press(t.question.change);
    await fill(t.question.current, pet);
    await page.getByLabel(t.question.label, { exact: true }).selectOption({ index: 1 });
    await fill(t.question.answer, book);
    await press(t.question.save);
    await page
      .getByRole("dialog", { name: c.sudo.title })
      .getByRole("button", { name: c.sudo.passkey, exact: true })
      .click();
    await page.getByText(t.question.saved).waitFor();
    await show("security");

    // The password is lost: the mail and the answer give a new one, and every session is over.
    const elsewhere = await visit(browser, roster.url, { locale });
    await elsewhere.page.goto("/sign-in");
    await elsewhere.page.getByRole("link", { name: t.forgot.link }).click();
    await fill(c.field.email, email, elsewhere.page);
    await press(t.forgot.submit, elsewhere.page);
    await heading(t.forgot.sent, elsewhere.page);
    for (;;) {
      const mail = await roster.mail(email);
      const link = new RegExp(`${roster.url}/reset#[\\w-]+`).exec(mail.text ?? "")?.[0];
      if (!link) continue; // what was told of the steps before
      await elsewhere.page.goto(link);
      break;
    }
    await heading(t.reset.title, elsewhere.page);
    await elsewhere.page.getByRole("textbox").first().fill(book);
    const next = "a violin under the stairs";
    await fill(t.newPassword.label, next, elsewhere.page);
    await press(t.reset.submit, elsewhere.page);
    await heading(t.reset.done, elsewhere.page);
    await page.reload();
    await heading(t.signIn.title);
    await signIn(next);
    await heading(t.secondFactor.title);
    await giveCode(page, key, used);
    await press(t.secondFactor.submit);
    await heading(t.security.title);
    expect([...one.faults, ...elsewhere.faults]).toEqual([]);
  },
);
