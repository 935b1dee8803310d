// The keyboard, as who has no mouse uses it: where the focus is can always be seen.
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** What has the focus, as a screen reader would call it, after checking that it shows. */
export async function focused(page: Page) {
  return page.evaluate(() => {
    const on = document.activeElement as HTMLElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(on);
    const ring = outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
    const name =
      on.getAttribute("aria-label") ?? (on.textContent?.trim() || on.getAttribute("placeholder") || on.tagName);
    return ring ? name : `${name}, without a ring`;
  });
}

/** Presses Tab until this has the focus; every stop on the way must show its ring. */
export async function tabTo(page: Page, name: string | RegExp, most = 25) {
  const stops: string[] = [];
  for (let i = 0; i < most; i++) {
    await page.keyboard.press("Tab");
    const at = await focused(page);
    stops.push(at);
    expect(at).not.toContain("without a ring");
    if (at.match(name)) return;
  }
  throw new Error(`Tab does not lead to ${name}, but to ${stops.join(" | ")}`);
}
