// Manage Users without a mouse; where the focus is can always be seen.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, showScreen, type Visit, visit } from "./browser";
import { focused, tabTo } from "./keys";
import { type Roster, startWithSample } from "./roster";
import { pick } from "./signIn";

let roster: Roster;
let browser: Browser;
let tour: Visit;
let page: Page;

beforeAll(async () => {
  const started = await startWithSample(300, 100);
  roster = started.roster;
  browser = await launch();
  tour = await visit(browser, roster.url);
  page = tour.page;
  const admin = pick(started.logins, ({ role }) => role === "Full Administrator");
  await page.goto("/");
  await page.getByLabel("Email address").waitFor();
  await page.keyboard.type(admin.email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(admin.password);
  await page.keyboard.press("Enter");
  await page.getByRole("table", { name: "Manage Users" }).locator("tr[data-index]").nth(5).waitFor();
});

afterAll(async () => {
  await browser.close();
  await roster.stop();
});

test("the first stop skips to the content", async () => {
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press("Tab");
  expect(await focused(page)).toBe("Skip to content");
  await showScreen(page, "keyboard-skip", { widths: [1440] });
  await page.keyboard.press("Enter");
  await tabTo(page, "Search users");
});

test("words typed into the palette find users, arrows lead through them", async () => {
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Commands" }).waitFor();
  await page.keyboard.type("ma");
  await page.getByRole("option", { name: "Find users: “ma”" }).waitFor();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await page.getByText("Words of one or two letters").waitFor();
  const table = page.getByRole("table", { name: "Manage Users" });
  const found = table.locator("[data-row-link]");
  // The text of a row runs on from cell to cell: the name follows the digits of the ID.
  const others = table.locator("tr[data-index]").filter({ hasNotText: /(^|\P{L})ma/iu });
  await expect.poll(() => others.count()).toBe(0);
  await expect.poll(() => table.getAttribute("aria-busy")).toBe("false");
  const [first, second] = await found.allInnerTexts();
  await page.getByRole("searchbox", { name: "Search users" }).focus();
  await tabTo(page, new RegExp(`^${first}$`));
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => focused(page)).toBe(second);
  await showScreen(page, "keyboard-row", { widths: [1440] });
  await page.keyboard.press("ArrowUp");
  await expect.poll(() => focused(page)).toBe(first);
  await page.keyboard.press("End");
  const row = () => page.locator("[data-row-link]:focus").allInnerTexts();
  await expect.poll(async () => (await row())[0] ?? first).not.toBe(first);
  await page.keyboard.press("Home");
  await expect.poll(() => focused(page)).toBe(first);
});

test("the row's menu opens, and Escape gives the focus back", async () => {
  await page.keyboard.press("Tab");
  const button = await focused(page);
  expect(button).toMatch(/^Actions for /);
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Manage user" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => focused(page)).toContain("Password reset…");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Send a password reset?" }).waitFor();
  // A stray Enter must do nothing: Cancel has the focus.
  await expect.poll(() => focused(page)).toBe("Cancel");
  await page.keyboard.press("Escape");
  await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
  await expect.poll(() => focused(page)).toBe(button);
});

test("Enter opens the user, Escape leaves the dialog", async () => {
  await page.keyboard.press("Shift+Tab");
  const name = await focused(page);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name, level: 1 }).waitFor();
  await tabTo(page, "Edit");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Edit profile" }).waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("name"))).toBe("firstName");
  await page.keyboard.press("Escape");
  await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
  await expect.poll(() => focused(page)).toBe("Edit");
});

test("nothing went wrong behind the scenes", () => expect(tour.faults).toEqual([]));
