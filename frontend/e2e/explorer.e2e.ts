// The API explorer: staff open it from the navigation, run each example with their own rights, and see with a token that
// may only list users what it is refused. Nothing is fetched from elsewhere, and nothing is kept when the page is left.
import type { Browser, Page, Request } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, showScreen, type Visit, visit } from "./browser";
import { type Login, type Roster, startWithSample } from "./roster";
import { pick, prove, signIn } from "./signIn";

let roster: Roster;
let browser: Browser;
let logins: Login[];
const visits: Visit[] = [];

beforeAll(async () => {
  ({ roster, logins } = await startWithSample(60, 20));
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  await roster.stop();
});

const requests: Request[] = [];

async function open(): Promise<Page> {
  const one = await visit(browser, roster.url);
  visits.push(one);
  // Of the whole context: workers and further pages, too.
  one.context.on("request", (request) => requests.push(request));
  await one.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  return one.page;
}

/** What was asked of the API since the last call. */
let seen = 0;
function sent() {
  const news = requests.slice(seen).filter((request) => /\/graphql(\/cost)?$/.test(request.url()));
  seen = requests.length;
  return news;
}

const example = (page: Page, name: string) =>
  page.getByRole("region", { name: "Examples" }).getByRole("button", { name });

/** Runs what is open, and returns the answer. */
async function run(page: Page): Promise<{ data?: Record<string, unknown> | null; errors?: unknown }> {
  const answered = page.waitForResponse((response) => response.url().endsWith("/graphql"));
  await page.getByRole("button", { name: /^Execute/ }).click();
  return (await answered).json();
}

/** The text of the answer as the page shows it: Monaco draws the lines that are in sight. */
const shownAnswer = async (page: Page) => (await page.locator(".result-window").innerText()).replaceAll("\u00a0", " ");

let admin: Login;
let page: Page;

// GraphiQL's tabs, which can be dragged, are list items in the role of tabs, with buttons in them: ARIA wants no controls
// inside a tab, and nothing but a change of GraphiQL could mend it. Keys and names of the buttons work all the same.
const notOurs = { but: ".graphiql-tabs" };

test("who is signed out is led to the sign-in page, and back", async () => {
  admin = pick(logins, ({ role }) => role === "Full Administrator");
  page = await open();
  await page.goto("/explorer");
  await page.waitForURL(({ pathname, search }) => pathname === "/sign-in" && search === "?return_to=%2Fexplorer");
  await signIn(page, admin);
  await page.waitForURL(({ pathname }) => pathname === "/explorer");
  await page.getByRole("heading", { name: "API explorer" }).waitFor();
});

test("staff open it from the navigation and run each example", async () => {
  await page.goto("/admin/users");
  await page.getByRole("link", { name: "API explorer" }).click();
  await page.getByRole("heading", { name: "API explorer" }).waitFor();
  await page.getByText("Live data").waitFor();
  await page.getByRole("region", { name: "Examples" }).waitFor();
  await showScreen(page, "explorer", notOurs);

  await example(page, "What may I do?").click();
  expect(await run(page)).toMatchObject({ data: { viewer: { kind: "STAFF", user: { email: admin.email } } } });
  await example(page, "Users without two-factor").click();
  const list = (await run(page)).data?.users as { nodes: object[] };
  expect(list.nodes.length).toBeGreaterThan(3);
  await expect.poll(() => shownAnswer(page)).toContain('"nodes"');
  await showScreen(page, "explorer-list", notOurs);
  await example(page, "Explain access").click();
  expect(await run(page)).toMatchObject({ data: { explainAccess: { facts: [expect.any(String)] } } });
  await example(page, "Invite a user").click();
  await example(page, "Send a password reset").click();
  expect(await run(page)).toMatchObject({ data: { sendPasswordReset: { delivery: "QUEUED", userErrors: [] } } });
  await roster.mail(admin.email, "Set a new password");
  await example(page, "Invite a user").click();
  expect(await run(page)).toMatchObject({ data: { inviteUser: { userErrors: [] } } });
  await roster.mail("new.colleague@example.com");
});

test("what an operation costs is told before it is run", async () => {
  await example(page, "Users without two-factor").click();
  sent();
  // One point for each of the 50 rows that are asked for.
  await page.getByText(/^Costs 50 of [\d,]+ points left$/).waitFor();
  const paths = sent().map((request) => new URL(request.url()).pathname);
  expect(new Set(paths)).toEqual(new Set(["/graphql/cost"]));
});

test("the documentation says what a field needs and costs", async () => {
  await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
  await page.getByRole("link", { name: "Query" }).click();
  await page.getByRole("link", { name: "users", exact: true }).click();
  await page.getByText("Needs the admin permission LIST_USERS.").waitFor();
  await page.getByText("Costs 1 for each row asked for, with what is in it; a page has 1 to 100 rows.").waitFor();
  await showScreen(page, "explorer-docs", notOurs);
  await page.getByRole("button", { name: "Show Examples" }).click();
});

test("the operation is copied as programs that read the token from the environment", async () => {
  await example(page, "Users without two-factor").click();
  for (const [language, start] of [
    ["curl", `curl '${roster.url}/graphql' \\`],
    ["Go", "package main"],
    ["TypeScript", "// Node.js: save it as a module, request.mjs.\nconst query = `query UsersWithoutTwoFactor("],
  ] as const) {
    await page.getByRole("button", { name: "Copy as" }).click();
    if (language === "curl") await showScreen(page, "explorer-copy", { part: ".mantine-Menu-dropdown" });
    await page.getByRole("menuitem", { name: language, exact: true }).click();
    await page.getByText(`Copied as ${language}.`).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied.startsWith(start), copied).toBe(true);
    expect(copied).toContain("ROSTER_TOKEN");
    expect(copied).not.toContain("rat_");
  }
});

async function makeToken(): Promise<string> {
  await page.goto("/admin/api-tokens");
  await page.getByRole("button", { name: "Make a token" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Make an API token" });
  await dialog.getByLabel("Name").fill("Reporting");
  await dialog.getByRole("checkbox", { name: "List users" }).check();
  await dialog.getByRole("button", { name: "Make", exact: true }).click();
  await prove(page, admin.password);
  const shown = page.getByRole("dialog", { name: "Copy the secret now" });
  return /rat_[\w-]+/.exec(await shown.innerText())?.[0] ?? "";
}

let secret = "";

test("a token that may only list users is refused a reset, and the reason is shown", async () => {
  secret = await makeToken();
  await page.goto("/explorer");
  await page.getByRole("radio", { name: "As a token" }).check();
  await page.getByLabel("API token").fill(`rat_${"x".repeat(43)}`);
  await page.getByRole("button", { name: "Use this token" }).click();
  await page.getByText("The API refuses this token").waitFor();
  await showScreen(page, "explorer-token", { part: "header" });
  await page.getByLabel("API token").fill(secret);
  await page.getByRole("button", { name: "Use this token" }).click();
  await page.getByText("Reporting", { exact: true }).waitFor();
  await page.getByText("LIST_USERS", { exact: true }).waitFor();

  sent();
  await example(page, "Users without two-factor").click();
  expect((await run(page)).errors).toBeUndefined();
  await example(page, "Send a password reset").click();
  expect(await run(page)).toMatchObject({
    errors: [{ extensions: { code: "FORBIDDEN", permission: "RESET_USER_PASSWORD" } }],
  });
  await expect.poll(() => shownAnswer(page)).toMatch(/FORBIDDEN[\s\S]*RESET_USER_PASSWORD/);
  await showScreen(page, "explorer-refused", notOurs);
  for (const request of sent()) {
    const headers = await request.allHeaders();
    expect([headers.authorization, headers.cookie]).toEqual([`Bearer ${secret}`, undefined]);
  }
});

test("on a phone the examples give way to the editors", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole("radio", { name: "As me" }).check();
  await example(page, "Explain access").click();
  await run(page);
  await expect.poll(() => shownAnswer(page)).toContain('"facts"');
  await page.getByText(/^Costs \d+ of [\d,]+ points left$/).waitFor();
  await showScreen(page, "explorer-phone", { widths: [390], ...notOurs });
  await page.setViewportSize({ width: 1440, height: 900 });
});

test("nothing of it outlives the page", async () => {
  const kept = () =>
    page.evaluate(async () =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, await indexedDB.databases(), document.cookie]),
    );
  expect(await kept()).not.toContain("rat_");
  expect(await kept()).not.toContain("sendPasswordReset");
  await page.reload();
  await page.getByText("Live data").waitFor();
  await page.getByRole("radio", { name: "As a token" }).check();
  expect(await page.getByLabel("API token").inputValue()).toBe("");
});

test("customers open it from their tokens, and a phone and Arabic show all of it", async () => {
  const customer = pick(logins, ({ role, totp }) => !role && !totp);
  page = await open();
  await page.goto("/sign-in");
  await signIn(page, customer);
  await page.waitForURL(({ pathname }) => pathname !== "/sign-in");
  await page.addInitScript(() => localStorage.setItem("roster.language", "ar"));
  await page.goto("/security");
  await page.getByRole("link", { name: "مستكشف الواجهة البرمجية" }).click();
  await page.getByRole("heading", { name: "مستكشف الواجهة البرمجية" }).waitFor();
  await page.getByRole("region", { name: "أمثلة" }).waitFor();
  await showScreen(page, "ar-explorer", notOurs);
});

test("what changes something was sent as often as it was run", () => {
  const changes = requests.filter(
    (request) =>
      /mutation (SendPasswordReset|InviteUser)/.test(request.postData() ?? "") && request.url().endsWith("/graphql"),
  );
  expect(changes).toHaveLength(3);
});

test("nothing was asked of another host, and nothing went wrong behind the scenes", () => {
  expect(requests.length).toBeGreaterThan(50);
  const foreign = requests
    .map((request) => request.url())
    .filter((url) => !/^(data|blob):/.test(url) && !url.startsWith(`${roster.url}/`));
  expect(foreign).toEqual([]);
  expect(visits.flatMap(({ faults }) => faults)).toEqual([]);
});
