// A member of staff finds somebody among thousands and helps them.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, showScreen, type Visit, visit } from "./browser";
import { focused } from "./keys";
import { type Login, type Roster, startWithSample } from "./roster";
import { pick, signIn } from "./signIn";

let roster: Roster;
let admin: Login;
let browser: Browser;
let tour: Visit;
let page: Page;

beforeAll(async () => {
  const started = await startWithSample(5000, 2000);
  roster = started.roster;
  admin = pick(started.logins, ({ role }) => role === "Full Administrator");
  browser = await launch();
  tour = await visit(browser, roster.url);
  page = tour.page;
});

afterAll(async () => {
  await browser.close();
  await roster.stop();
});

const list = () => page.getByRole("table", { name: "Manage Users" });
const rows = () => list().locator("tr[data-index]");
const dialog = (name: string) => page.getByRole("dialog", { name });
const names = () => list().locator("[data-row-link]").allInnerTexts();
/** How many users the page says that there are. */
const count = async () => Number.parseInt(await page.getByText(/^[\d,]+ users$/).innerText(), 10);
/** Resolves when every row in sight passes, which takes until the list has come. */
const everyRow = (passes: (text: string) => boolean) =>
  expect.poll(async () => (await rows().allInnerTexts()).filter((text) => !passes(text))).toEqual([]);

test("signs in and is at Manage Users", async () => {
  await page.goto("/");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await showScreen(page, "sign-in");
  await signIn(page, { ...admin, password: "not my password" });
  await page.getByText("don’t go together").waitFor();
  await showScreen(page, "sign-in-refused");
  await signIn(page, admin);
  await page.getByText("5,000 users").waitFor();
  expect(new URL(page.url()).pathname).toBe("/admin/users");
  await rows().nth(10).waitFor();
  await page.mouse.move(0, 0);
  await showScreen(page, "users");
});

test("finds one of many by search, filter and order", async () => {
  await page.getByRole("searchbox", { name: "Search users" }).fill("garc");
  await everyRow((text) => /garc/i.test(text));
  const all = await count();

  await page.getByRole("button", { name: "Filter" }).click();
  const panel = dialog("Filter");
  await page.getByLabel("Two-factor").selectOption("On");
  await showScreen(page, "users-filter", { part: "[role=dialog]" });
  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "detached" });
  await expect.poll(() => focused(page)).toBe("Filter");
  await everyRow((text) => text.includes("Two-factor sign-in is on"));
  await expect.poll(count).toBeLessThan(all);

  // Those who never signed in are the longest away, so they come last and first.
  const order = list().getByRole("columnheader", { name: "Last sign-in" });
  await order.getByRole("button").click();
  await expect.poll(() => order.getAttribute("aria-sort")).toBe("descending");
  await expect.poll(() => rows().first().innerText()).not.toContain("Never");
  await showScreen(page, "users-found", { part: "[aria-label='Filters in force']" });
  await order.getByRole("button").click();
  await expect.poll(() => order.getAttribute("aria-sort")).toBe("ascending");
  await expect.poll(() => rows().first().innerText()).toContain("Never");

  const { searchParams } = new URL(page.url());
  expect(Object.fromEntries(searchParams)).toEqual({
    q: "garc",
    twoFactor: "true",
    sort: "LAST_LOGIN",
    direction: "ASC",
  });
  const shared = await names();
  await page.reload();
  await rows().first().waitFor();
  expect(await names(), "the address alone shows the same list").toEqual(shared);
});

test("chooses columns", async () => {
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Language" }).click();
  await page.getByRole("menuitemcheckbox", { name: "State" }).click();
  await list().getByRole("columnheader", { name: "Language" }).waitFor();
  await showScreen(page, "columns", { widths: [1440], part: "[role=menu]" });
  await page.getByRole("menuitem", { name: "Reset to default" }).click();
  await expect.poll(() => list().getByRole("columnheader", { name: "Language" }).count()).toBe(0);
  await page.keyboard.press("Escape");
});

test("opens a user, changes the name, and the list has it", async () => {
  await rows().filter({ hasText: "A security question is set" }).first().click();
  await page.getByRole("heading", { name: "Profile" }).waitFor();
  await page.getByRole("heading", { name: "Accounts" }).waitFor();
  await showScreen(page, "user", { tall: true });

  await page.getByRole("button", { name: "Edit" }).click();
  await dialog("Edit profile").getByLabel("First name").fill("");
  await dialog("Edit profile").getByLabel("Email address").fill(admin.email);
  await dialog("Edit profile").getByRole("button", { name: "Save", exact: true }).click();
  await dialog("Edit profile").getByText("This is needed.").waitFor();
  await showScreen(page, "user-edit-refused", { part: "[role=dialog]" });
  await dialog("Edit profile").getByLabel("First name").fill("Maximiliane Garcilaso");
  await dialog("Edit profile").getByRole("button", { name: "Save", exact: true }).click();
  await dialog("Edit profile").getByText("Another user has this address.").waitFor();
  await dialog("Edit profile").getByRole("button", { name: "Cancel" }).click();

  await page.getByRole("button", { name: "Edit" }).click();
  await showScreen(page, "user-edit", { part: "[role=dialog]" });
  await dialog("Edit profile").getByLabel("First name").fill("Maximiliane Garcilaso");
  await dialog("Edit profile").getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText(/^Maximiliane Garcilaso .* was saved\.$/).waitFor();
  await page.getByRole("heading", { name: /Maximiliane Garcilaso/, level: 1 }).waitFor();

  await page.goBack();
  await rows().filter({ hasText: "Maximiliane Garcilaso" }).waitFor();
  await rows().filter({ hasText: "Maximiliane Garcilaso" }).click();
});

test("switches off two-factor sign-in after proving who is here", async () => {
  await page.getByRole("button", { name: "Switch off…" }).click();
  await showScreen(page, "disable-two-factor", { part: "[role=dialog]" });
  await dialog("Switch off two-factor sign-in?").getByRole("button", { name: "Switch off" }).click();
  await dialog("Switch off two-factor sign-in?").getByText("Say why.").waitFor();
  await dialog("Switch off two-factor sign-in?").getByLabel("Reason").fill("Lost her phone; known by voice.");
  await dialog("Switch off two-factor sign-in?").getByRole("button", { name: "Switch off" }).click();
  await dialog("Confirm it’s you").getByLabel("Password", { exact: true }).fill("not my password");
  await dialog("Confirm it’s you").getByRole("button", { name: "Confirm" }).click();
  await dialog("Confirm it’s you").getByText("This is not your password.").waitFor();
  await showScreen(page, "confirm-identity", { part: "[role=dialog]" });
  await dialog("Confirm it’s you").getByLabel("Password", { exact: true }).fill(admin.password);
  await dialog("Confirm it’s you").getByRole("button", { name: "Confirm" }).click();
  await page.getByText(/^Two-factor sign-in of Maximiliane .* is off\.$/).waitFor();
  await page.getByText("Off. Only the user can switch it on.").waitFor();
  expect(await page.getByRole("button", { name: "Switch off…" }).count()).toBe(0);
});

test("removes the security question; the proof still holds", async () => {
  await page.getByRole("button", { name: "Remove…" }).click();
  await showScreen(page, "disable-question", { part: "[role=dialog]" });
  await dialog("Remove the security question?").getByLabel("Reason").fill("Forgot the answer.");
  await dialog("Remove the security question?").getByRole("button", { name: "Remove" }).click();
  await page.getByText(/^The security question of Maximiliane .* was removed\.$/).waitFor();
  await page.getByText("Not set. Only the user can set one.").waitFor();
});

test("sends a password reset from the row's menu", async () => {
  await page.getByRole("navigation", { name: "You are here" }).getByRole("link", { name: "Manage Users" }).click();
  await page.getByRole("searchbox", { name: "Search users" }).fill("maximiliane garcilaso");
  await everyRow((text) => text.includes("Maximiliane"));
  await page.getByRole("button", { name: /^Actions for Maximiliane/ }).click();
  await page.getByRole("menuitem", { name: "Password reset…" }).waitFor();
  await showScreen(page, "row-menu", { widths: [1440], part: "[role=menu]" });
  await page.getByRole("menuitem", { name: "Password reset…" }).click();
  await dialog("Send a password reset?").waitFor();
  await showScreen(page, "password-reset", { part: "[role=dialog]" });
  const email = /at (\S+@\S+) with/.exec(await dialog("Send a password reset?").innerText())?.[1] ?? "";
  await dialog("Send a password reset?").getByRole("button", { name: "OK" }).click();
  await page.getByText(`The mail to ${email} is queued.`).waitFor();
  await showScreen(page, "password-reset-queued");
  const subjects = [await roster.mail(email), await roster.mail(email), await roster.mail(email)].map((m) => m.subject);
  expect(subjects, "the three acts are told to the user").toHaveLength(3);
});

test("is told when nobody matches, and when the server can't be reached", async () => {
  await page.getByRole("searchbox", { name: "Search users" }).fill("nobody at all");
  await page.getByText("No user matches").waitFor();
  await showScreen(page, "users-none");
  await tour.context.setOffline(true);
  await page.getByRole("searchbox", { name: "Search users" }).fill("zo");
  await page.getByText("The server can’t be reached.").waitFor();
  await showScreen(page, "users-offline");
  await tour.context.setOffline(false);
  await page.getByRole("button", { name: "Try again" }).click();
  await everyRow((text) => /zo/i.test(text));
  await expect.poll(count).toBeGreaterThan(1);
});

test("reaches everything else from the menu and the palette", async () => {
  await page.getByRole("button", { name: /Ada Admin/ }).click();
  await page.getByRole("menuitem", { name: "Your account" }).waitFor();
  await showScreen(page, "user-menu", { widths: [1440], part: "[role=menu]" });
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Commands" }).waitFor();
  await showScreen(page, "palette", { part: "[role=dialog]" });
  await page.getByRole("combobox", { name: "Commands" }).fill("your");
  await page.getByRole("option", { name: "Find users: “your”" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Your account" }).waitFor();
  await page.getByText("You have no accounts").waitFor();
  await showScreen(page, "account-staff", { tall: true });
  await page.goto("/admin/users/999999");
  await page.getByText("There is no such user").waitFor();
  await showScreen(page, "user-none");
  await page.goto("/admin/nowhere");
  await page.getByRole("heading", { name: "There is no such page" }).waitFor();
  await showScreen(page, "not-found");
});

test("has all of it on a phone", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/admin/users?q=mar");
  await page
    .getByRole("button", { name: /^Actions for/ })
    .first()
    .click();
  await page.getByRole("menuitem", { name: "Password reset…" }).waitFor();
  await showScreen(page, "phone-row-menu", { widths: [390], part: "[role=menu]" });
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.getByLabel("Sort by").selectOption("Name, descending");
  await page.keyboard.press("Escape");
  await dialog("Filter").waitFor({ state: "detached" });
  await expect.poll(() => page.url()).toContain("sort=NAME&direction=DESC");
  await page.getByRole("button", { name: "Menu" }).click();
  await dialog("Menu").getByRole("link", { name: "Manage Users" }).waitFor();
  await showScreen(page, "phone-menu", { widths: [390], part: "[role=dialog]" });
});

test("nothing went wrong behind the scenes", () => expect(tour.faults).toEqual([]));
