// API tokens: a customer makes one for an account and a program acts with it, as far as it was made for; staff make one
// for the installation, rotate it, and revoke the customer's.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, showScreen, type Visit, visit } from "./browser";
import { type Login, type Roster, startWithSample } from "./roster";
import { pick, prove, signIn } from "./signIn";

let roster: Roster;
let browser: Browser;
let logins: Login[];
const visits: Visit[] = [];

beforeAll(async () => {
  ({ roster, logins } = await startWithSample(40, 12));
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  await roster.stop();
});

const open = async (login: Login): Promise<Page> => {
  const one = await visit(browser, roster.url);
  visits.push(one);
  await one.page.goto("/sign-in");
  await signIn(one.page, login);
  await one.page.waitForURL(({ pathname }) => pathname !== "/sign-in");
  return one.page;
};

/** What a program is answered with the token. */
async function call(secret: string, query: string) {
  const answer = await fetch(`${roster.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${secret}` },
    body: JSON.stringify({ query }),
  });
  return {
    status: answer.status,
    body: (await answer.json()) as { data?: unknown; errors?: { extensions: unknown }[] },
  };
}

const shown = async (page: Page): Promise<string> => {
  const dialog = page.getByRole("dialog", { name: "Copy the secret now" });
  const secret = /rat_[\w-]+/.exec(await dialog.innerText())?.[0] ?? "";
  await dialog.getByRole("contentinfo").or(dialog).getByRole("button", { name: "Close" }).last().click();
  return secret;
};

let personal = "";

test("a customer makes a token, and a program does with it what it was made for", async () => {
  const customer = pick(logins, ({ role, totp }) => !role && !totp);
  const page = await open(customer);
  await page.goto("/security");
  await page.getByRole("button", { name: "Make a token" }).click();
  const dialog = page.getByRole("dialog", { name: "Make an API token" });
  await dialog.getByRole("button", { name: "Make", exact: true }).click();
  await dialog.getByText("Choose at least one account.").waitFor();
  await dialog.getByLabel("Name").fill("Billing sync");
  await dialog
    .getByRole("textbox", { name: "Accounts" })
    .or(dialog.getByRole("combobox", { name: "Accounts" }))
    .click();
  await page.getByRole("listbox").getByRole("option").first().click();
  await page.keyboard.press("Escape");
  // Whatever of these the customer holds there: the sample decides.
  await dialog
    .getByRole("checkbox", { name: /^(View|Place|Perform)/, disabled: false })
    .first()
    .check();
  await showScreen(page, "token-make", { part: "[role=dialog]" });
  await dialog.getByRole("button", { name: "Make", exact: true }).click();
  await prove(page, customer.password);
  await page.getByRole("dialog", { name: "Copy the secret now" }).waitFor();
  await showScreen(page, "token-secret", { part: "[role=dialog]" });
  personal = await shown(page);
  await roster.mail(customer.email, "An API token was made");
  await page.getByText("Billing sync").waitFor();

  const { body } = await call(
    personal,
    "{ viewer { kind user { id } accounts(first: 10) { totalCount nodes { account { number viewerPermissions } } } } }",
  );
  expect(body.data).toMatchObject({
    viewer: {
      kind: "TOKEN",
      user: null,
      accounts: { totalCount: 1, nodes: [{ account: { viewerPermissions: [expect.any(String)] } }] },
    },
  });
  const { number } = (body.data as { viewer: { accounts: { nodes: { account: { number: number } }[] } } }).viewer
    .accounts.nodes[0]?.account ?? { number: 0 };
  const refused = await call(personal, `{ account(number: ${number}) { members(first: 1) { nodes { id } } } }`);
  expect(refused.body.errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN", permission: "MANAGE_USERS" });
  expect((await call(personal, "mutation { signOut { viewer { kind } } }")).status).toBe(200);
  await page.reload();
  await page.getByText("Last used: Now", { exact: true }).waitFor();
  await showScreen(page, "security-tokens", { tall: true });
});

test("staff make one for the installation, rotate it, and revoke the customer's", async () => {
  const admin = pick(logins, ({ role }) => role === "Full Administrator");
  const page = await open(admin);
  await page.getByRole("link", { name: "API tokens" }).click();
  await page.getByText("Billing sync").waitFor();
  await page.getByRole("button", { name: "Make a token" }).click();
  const dialog = page.getByRole("dialog", { name: "Make an API token" });
  await dialog.getByLabel("Name").fill("CRM");
  await dialog.getByRole("checkbox", { name: "List users" }).or(dialog.getByRole("checkbox").first()).first().check();
  await showScreen(page, "token-make-staff", { part: "[role=dialog]" });
  await dialog.getByRole("button", { name: "Make", exact: true }).click();
  await prove(page, admin.password);
  const first = await shown(page);
  expect((await call(first, "{ users(first: 1) { nodes { id } } }")).body.errors).toBeUndefined();
  await page.getByRole("button", { name: "Rotate" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Rotate" }).click();
  const second = await shown(page);
  expect((await call(first, "{ viewer { kind } }")).status).toBe(401);
  expect((await call(second, "{ viewer { kind } }")).status).toBe(200);
  await showScreen(page, "tokens");

  await page.getByRole("listitem").filter({ hasText: "Billing sync" }).getByRole("button", { name: "Revoke" }).click();
  const revoke = page.getByRole("dialog", { name: "Revoke “Billing sync”?" });
  await revoke.getByRole("button", { name: "Revoke" }).click();
  await revoke.getByText("Give the reason: the token is somebody else’s.").waitFor();
  await revoke.getByLabel("Reason").fill("It was found in a public place");
  await showScreen(page, "token-revoke", { part: "[role=dialog]" });
  await revoke.getByRole("button", { name: "Revoke" }).click();
  await page.getByText("“Billing sync” was revoked.").waitFor();
  expect((await call(personal, "{ viewer { kind } }")).status).toBe(401);
  expect(visits.flatMap(({ faults }) => faults)).toEqual([]);
});
