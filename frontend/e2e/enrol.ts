import type { Page } from "playwright-core";
import { expect } from "vitest";
import { codeOf } from "./totp";

/** The key of the authenticator app that the page shows to be typed. */
export async function shownKey(page: Page): Promise<string> {
  return (await page.locator("code").innerText()).replaceAll(" ", "");
}

/** The backup codes that the page shows. */
export function shownCodes(page: Page): Promise<string[]> {
  return page.locator("[data-paper] li").allInnerTexts();
}

/** Types what the app shows, once it is another code than `used`, and returns it. */
export async function giveCode(page: Page, key: string, used = ""): Promise<string> {
  await expect.poll(() => codeOf(key), { timeout: 40_000, interval: 500 }).not.toBe(used);
  const code = codeOf(key);
  await page.locator("input[autocomplete=one-time-code]").first().click();
  await page.keyboard.type(code);
  return code;
}
