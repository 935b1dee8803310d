// What is done once is done once: the answer to an act gets lost on the way, or the request does, and the screen ends
// well all the same, with one of what was made. A secret whose answer is lost is not given twice. And of two who change
// the same thing the second sees what the first left.
import type { Browser, Locator, Page, Request, Route } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, showScreen, type Visit, visit } from "./browser";
import { type Login, type Roster, startWithSample } from "./roster";
import { pick, prove, signIn } from "./signIn";

let roster: Roster;
let browser: Browser;
let chief: Login;
const visits: Visit[] = [];
let page: Page;

beforeAll(async () => {
  const { roster: started, logins } = await startWithSample(40, 12);
  roster = started;
  browser = await launch();
  chief = pick(logins, ({ role }) => role === "Full Administrator");
  page = await open();
});

afterAll(async () => {
  await browser.close();
  await roster.stop();
});

async function open(): Promise<Page> {
  const one = await visit(browser, roster.url);
  visits.push(one);
  await one.page.goto("/sign-in");
  await signIn(one.page, chief);
  await one.page.waitForURL("**/admin/users");
  return one.page;
}

const keyOf = (request: Request) => request.headers()["idempotency-key"];

/** Lets something happen to the first request with this mutation, and returns all of them, as they are made. */
async function meddle(mutation: string, how: (route: Route) => Promise<void>): Promise<Request[]> {
  const seen: Request[] = [];
  await page.route("**/graphql", async (route) => {
    if (!route.request().postData()?.includes(`mutation ${mutation}`)) return route.continue();
    seen.push(route.request());
    if (seen.length > 1) return route.continue();
    return how(route);
  });
  return seen;
}

/** The server hears it and does it; its answer never comes. */
const loseAnswer = async (route: Route) => {
  const answer = await route.fetch();
  expect(answer.status()).toBe(200);
  await route.abort("connectionreset");
};

/** The server never hears of it. */
const loseRequest = (route: Route) => route.abort("connectionreset");

async function createAccount(name: string, address: string) {
  await page.goto("/admin/accounts");
  await page.getByRole("button", { name: "Create account" }).click();
  const dialog = page.getByRole("dialog", { name: "Create an account" });
  await dialog.getByLabel("Name of company or person").fill(name);
  await dialog.getByLabel("Billing email").fill(address);
  await dialog.getByText("New user").click();
  await dialog.getByLabel("First name").fill("Olga");
  await dialog.getByLabel("Email address of the owner").fill(address);
  await dialog.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByRole("heading", { name, level: 1 }).waitFor();
}

test.each([
  ["the answer", loseAnswer, "Lost and Found", "true"],
  ["the request", loseRequest, "Found at Last", undefined],
] as const)("%s gets lost, and the account is made once", async (what, lose, name, replayed) => {
  const sent = await meddle("CreateAccount", lose);
  await createAccount(name, `${what.replace("the ", "")}@lost.example`);
  expect(sent).toHaveLength(2);
  expect(keyOf(sent[0] as Request)).toMatch(/^[0-9a-f-]{36}$/);
  expect(keyOf(sent[1] as Request)).toBe(keyOf(sent[0] as Request));
  const answer = await sent[1]?.response();
  expect(answer?.headers()["idempotency-replayed"]).toBe(replayed);
  await page.unroute("**/graphql");
  await page.goto(`/admin/accounts?search=${encodeURIComponent(name)}`);
  await page.getByRole("row", { name }).waitFor();
  expect(await page.getByRole("row", { name }).count()).toBe(1);
  // And one mail went out.
  await roster.mail(`${what.replace("the ", "")}@lost.example`, "Welcome to Roster: set your password");
});

test("a secret whose answer is lost is not given again, and the page says that it was made", async () => {
  await page.goto("/admin/api-tokens");
  await page.getByRole("button", { name: "Make a token" }).click();
  const dialog = page.getByRole("dialog", { name: "Make an API token" });
  await dialog.getByLabel("Name").fill("Shop");
  await dialog.getByRole("checkbox", { name: "List users" }).or(dialog.getByRole("checkbox")).first().check();
  let sent: Request[] = [];
  // The first one is refused until it was proved who asks.
  await dialog.getByRole("button", { name: "Make", exact: true }).click();
  sent = await meddle("CreateApiToken", loseAnswer);
  await prove(page, chief.password);
  await page.getByText("It was done, but the answer got lost on the way. Reload the page to see it.").waitFor();
  const made = page.getByRole("listitem").filter({ hasText: "Shop" });
  await made.first().waitFor();
  await showScreen(page, "resend-done", { widths: [1440] });
  expect(sent).toHaveLength(2);
  await page.unroute("**/graphql");
  await page.reload();
  await made.first().waitFor();
  expect(await made.count(), "it was made once, and can be given another secret").toBe(1);
});

/** Whether all of it is to be seen. */
const inSight = (part: Locator) =>
  part.evaluate(
    (element) =>
      new Promise<boolean>((done) => {
        new IntersectionObserver(([entry]) => done((entry?.intersectionRatio ?? 0) > 0.99)).observe(element);
      }),
  );

test("of two who change the same template the second sees what the first left", async () => {
  const other = await open();
  await page.goto("/admin/permission-templates");
  await page.getByRole("button", { name: "Add template" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Night shift");
  await page.getByRole("dialog").getByRole("checkbox", { name: "View Domains" }).check();
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Night shift" }).waitFor();

  const edit = async (one: Page) => {
    const line = one.getByRole("listitem").filter({ hasText: "Night shift" });
    await line.getByRole("button", { name: "Edit" }).click();
    return one.getByRole("dialog", { name: "Edit template" });
  };
  await other.goto("/admin/permission-templates");
  const [mine, theirs] = [await edit(page), await edit(other)];
  await theirs.getByRole("checkbox", { name: "View Emails" }).check();
  await theirs.getByRole("button", { name: "Save" }).click();
  await theirs.waitFor({ state: "hidden" });
  await mine.getByLabel("Name").fill("Late shift");
  await mine.getByRole("button", { name: "Save" }).click();
  await mine.getByText("Somebody else changed this template while you were at it.").waitFor();
  // The boxes are longer than the window, and the button stands at their end.
  await expect.poll(() => inSight(mine.getByRole("alert"))).toBe(true);
  await showScreen(page, "conflict-template", { part: "[role=dialog]" });
  await mine.getByRole("button", { name: "Take theirs" }).click();
  await expect.poll(() => mine.getByRole("checkbox", { name: "View Emails" }).isChecked()).toBe(true);
  await mine.getByLabel("Name").fill("Late shift");
  await mine.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Late shift" }).waitFor();
});

test("nothing went wrong behind the scenes", () => {
  expect(visits.flatMap(({ faults }) => faults)).toEqual([]);
});
