// Two members of staff change the same user: the second sees what the first left, and decides.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, showScreen, visit } from "./browser";
import { type Login, type Roster, startWithSample } from "./roster";
import { pick, signIn } from "./signIn";

let roster: Roster;
let logins: Login[];
let browser: Browser;

beforeAll(async () => {
  ({ roster, logins } = await startWithSample(100, 40));
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  await roster.stop();
});

test("the second to save is shown the first one's change", async () => {
  const open = async (wanted: string) => {
    const one = await visit(browser, roster.url);
    await one.page.goto("/admin/users/20");
    await signIn(
      one.page,
      pick(logins, ({ role }) => role === wanted),
    );
    await one.page.getByRole("button", { name: "Edit" }).click();
    await one.page.getByLabel("First name").waitFor();
    return one;
  };
  const ada = await open("Full Administrator");
  const sam = await open("Support Operator");
  await ada.page.getByLabel("First name").fill("Wilhelmina");
  await ada.page.getByRole("button", { name: "Save", exact: true }).click();
  await ada.page.getByText(/^Wilhelmina .* was saved\.$/).waitFor();

  await sam.page.getByLabel("First name").fill("Minna");
  await sam.page.getByRole("button", { name: "Save", exact: true }).click();
  await sam.page.getByText("Somebody else changed this user").waitFor();
  await sam.page.getByText(/^Wilhelmina .*@/).waitFor();
  expect(await sam.page.getByLabel("First name").inputValue(), "what was typed stays").toBe("Minna");
  await showScreen(sam.page, "user-edit-conflict", { part: "[role=dialog]" });

  await sam.page.getByRole("button", { name: "Take theirs" }).click();
  expect(await sam.page.getByLabel("First name").inputValue()).toBe("Wilhelmina");
  await sam.page.getByLabel("First name").fill("Minna");
  await sam.page.getByRole("button", { name: "Save", exact: true }).click();
  await sam.page.getByText(/^Minna .* was saved\.$/).waitFor();
  await ada.page.reload();
  await ada.page.getByRole("heading", { name: /^Minna/, level: 1 }).waitFor();
  expect([...ada.faults, ...sam.faults]).toEqual([]);
});
