// German, French and Spanish need more room than English: nothing sticks out of a phone's screen in any of them. Arabic
// has a journey of its own.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, showScreen, type Visit, visit } from "./browser";
import { type Login, type Roster, startWithSample } from "./roster";
import { pick } from "./signIn";

let roster: Roster;
let logins: Login[];
let browser: Browser;
const visits: Visit[] = [];

beforeAll(async () => {
  ({ roster, logins } = await startWithSample(60, 30));
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  await roster.stop();
});

async function expectFits(page: Page, name: string) {
  const size = page.viewportSize() ?? { width: 1440, height: 900 };
  await page.setViewportSize({ width: 390, height: 844 });
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth);
  await expect.poll(wide, { message: `${name} on a phone` }).toBeLessThanOrEqual(390);
  await page.setViewportSize(size);
}

test.each([
  ["de", "Deutsch", "Registrieren", "Benutzer verwalten"],
  ["fr", "Français", "Inscription", "Gérer les utilisateurs"],
  ["es", "Español", "Registro", "Gestionar usuarios"],
])("a visitor and staff in %s", async (language, ownName, register, manage) => {
  const one = await visit(browser, roster.url, { locale: language });
  visits.push(one);
  const { page } = one;
  await page.goto("/register");
  await page.getByRole("heading", { name: register }).waitFor();
  expect(await page.locator("html").getAttribute("lang")).toBe(language);
  await expectFits(page, "register");
  await showScreen(page, `${language}-register`);

  // The profile of the sample's staff says English; what is chosen on the device goes before it.
  await page.goto("/sign-in");
  await page.getByRole("button", { name: ownName }).click();
  const { email, password } = pick(logins, ({ role }) => role === "Full Administrator");
  await page.locator("input[type=email]").fill(email);
  await page.locator("input[type=password]").fill(password);
  await page.locator("input[type=password]").press("Enter");
  const rows = page.getByRole("table", { name: manage }).locator("tr[data-index]");
  await rows.nth(10).waitFor();
  await page.mouse.move(0, 0);
  await expectFits(page, "users");
  await showScreen(page, `${language}-users`);
  await rows.nth(9).click();
  await page.getByRole("heading", { level: 2 }).nth(2).waitFor();
  await expectFits(page, "user");
  await showScreen(page, `${language}-user`, { tall: true });
  await page.goto("/admin/settings");
  await page.getByRole("checkbox").first().waitFor();
  await expectFits(page, "settings");
  await showScreen(page, `${language}-settings`);
});

test("nothing went wrong behind the scenes", () => expect(visits.flatMap(({ faults }) => faults)).toEqual([]));
