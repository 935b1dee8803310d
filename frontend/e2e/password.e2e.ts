// One's own password: the hint how strong the new one is, the change, the other session that ends, the mail about it
// through a real SMTP server, the wait after too many tries, and the second factor of who has one.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, showScreen, type Visit, visit } from "./browser";
import { type Login, type Roster, startWithSample } from "./roster";
import { pick, signIn } from "./signIn";
import { codeOf } from "./totp";

const next = "nine green bottles on a wall";

let roster: Roster;
let browser: Browser;
let logins: Login[];
let customer: Login;
const visits: Visit[] = [];

beforeAll(async () => {
  ({ roster, logins } = await startWithSample(60, 30));
  customer = pick(logins, ({ role, totp, answer }) => !role && !totp && !answer);
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  await roster.stop();
});

async function open(): Promise<Page> {
  const one = await visit(browser, roster.url);
  visits.push(one);
  return one.page;
}

/** A browser in which somebody is signed in. */
async function enter(login: Pick<Login, "email" | "password">): Promise<Page> {
  const page = await open();
  await page.goto("/sign-in");
  await signIn(page, login);
  await page.waitForURL((url) => url.pathname !== "/sign-in");
  return page;
}

/** The files of scripts that the page asks for from here on. */
function scripts(page: Page): string[] {
  const asked: string[] = [];
  page.on("request", (request) => {
    if (/\.js$/.test(new URL(request.url()).pathname)) asked.push(request.url());
  });
  return asked;
}

/** Opens the dialog, and returns it with its fields. */
async function dialogOf(page: Page) {
  await page.goto("/security");
  await page.getByRole("button", { name: "Change password" }).click();
  const dialog = page.getByRole("dialog", { name: "Change your password" });
  return {
    dialog,
    current: dialog.getByLabel("Current password"),
    chosen: dialog.getByLabel("New password"),
    submit: dialog.getByRole("button", { name: "Change password" }),
  };
}

test("the new password is hinted at, refused where it is poor, and changed", async () => {
  const page = await enter(customer);
  const elsewhere = await enter(customer);
  const asked = scripts(page);
  const { dialog, current, chosen, submit } = await dialogOf(page);
  await current.fill(`not ${customer.password}`);
  expect(
    asked.filter((url) => url.includes("estimator")),
    "loaded before the field is entered",
  ).toEqual([]);
  await chosen.fill("hunter2");
  await dialog.getByText("Still too short").waitFor();
  expect(asked.filter((url) => url.includes("estimator"))).toHaveLength(1);
  await showScreen(page, "password-short", { part: "[role=dialog]" });
  await chosen.fill("passwordpassword");
  await dialog.getByText("Strength: very weak").waitFor();
  await showScreen(page, "password-weak", { part: "[role=dialog]" });
  await submit.click();
  await dialog.getByText("This is not your current password.").waitFor();
  await current.fill(customer.password);
  await submit.click();
  await dialog.getByText("This is too easy to guess").waitFor();
  await showScreen(page, "password-refused", { part: "[role=dialog]" });
  await chosen.fill(next);
  await dialog.getByText("Strength: strong").waitFor();
  await showScreen(page, "password-strong", { part: "[role=dialog]" });
  await submit.click();
  await page.getByText("Your password is changed. 1 other session was ended.").waitFor();
  await dialog.waitFor({ state: "hidden" });
  await showScreen(page, "password-changed");

  const mail = await roster.mail(customer.email);
  expect(mail.subject).toBe("Your new password is set");
  expect(mail.text).toContain("everywhere else, you were signed out");
  expect(mail.html).toContain("everywhere else, you were signed out");

  // This session goes on, the other one is over, and only the new password opens another.
  await page.reload();
  await page.getByRole("heading", { name: "Your password" }).waitFor();
  await elsewhere.goto("/security");
  await elsewhere.getByRole("heading", { name: "Sign in" }).waitFor();
  await signIn(elsewhere, customer);
  await elsewhere.getByText("don’t go together").waitFor();
  await signIn(elsewhere, { ...customer, password: next });
  await elsewhere.getByRole("heading", { name: "Your password" }).waitFor();
});

test("after ten wrong ones it says how long to wait", async () => {
  const someone = pick(logins, ({ email, role, totp }) => !role && !totp && email !== customer.email);
  const page = await enter(someone);
  const { dialog, current, chosen, submit } = await dialogOf(page);
  await chosen.fill(next);
  for (let n = 0; n < 9; n++) {
    await current.fill(`wrong ${n}`);
    await submit.click();
    await dialog.getByText("This is not your current password.").waitFor();
  }
  await current.fill("the tenth");
  await submit.click();
  await dialog.getByText(/Too many tries\. Try again in 1[45] minutes\./).waitFor();
  await current.fill(someone.password);
  await submit.click();
  await dialog.getByText(/Too many tries\. Try again in 1[45] minutes\./).waitFor();
  await showScreen(page, "password-locked", { part: "[role=dialog]" });
});

test("who has an authenticator app gives its code first", async () => {
  const careful = pick(logins, ({ role, totp }) => !role && totp);
  const page = await open();
  await page.goto("/sign-in");
  await signIn(page, careful);
  await page.getByRole("heading", { name: "Two-factor sign-in" }).waitFor();
  await page.keyboard.type(codeOf(careful.totp ?? ""));
  await page.getByRole("button", { name: "Verify" }).click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
  const { current, chosen, submit } = await dialogOf(page);
  await current.fill(careful.password);
  await chosen.fill(next);
  await submit.click();
  const proof = page.getByRole("dialog", { name: "Confirm it’s you" });
  await proof.getByLabel("Password", { exact: true }).waitFor();
  await showScreen(page, "password-proof", { part: "[role=dialog]" });
  // Giving up the proof gives up nothing else.
  await proof.getByRole("button", { name: "Cancel" }).click();
  await proof.waitFor({ state: "hidden" });
  expect(await chosen.inputValue()).toBe(next);
});

test("nothing went wrong behind the scenes", () => expect(visits.flatMap(({ faults }) => faults)).toEqual([]));
