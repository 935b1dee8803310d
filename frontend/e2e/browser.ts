// Debian's Chromium, driven for journeys: fails on any request to another host and on any violation of the
// Content-Security-Policy, and keeps pictures of screens for people to look at.
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { expect } from "vitest";

const screens = resolve(import.meta.dirname, "screens");

/** Starts the browser. With `camera` it has one that shows moving pictures of the browser's own. */
export function launch({ camera = false } = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...(camera ? ["--use-fake-device-for-media-stream"] : []),
    ],
  });
}

export interface Visit {
  page: Page;
  context: BrowserContext;
  /** What went wrong behind the scenes; a journey ends by expecting none. */
  faults: string[];
}

interface Visitor {
  locale?: string;
  /** What the browser says it is, instead of what it is. */
  userAgent?: string;
  /** Whether the visitor lets pages use the camera; nobody is asked. */
  camera?: boolean;
  /** A telephone: narrow, and with fingers instead of a mouse. */
  touch?: boolean;
  /** The one other server that pages may lead to. */
  beside?: string;
}

export async function visit(
  browser: Browser,
  url: string,
  { locale = "en-GB", userAgent, camera, touch = false, beside = url }: Visitor = {},
): Promise<Visit> {
  const context = await browser.newContext({
    baseURL: url,
    colorScheme: "light",
    viewport: touch ? { width: 390, height: 844 } : { width: 1440, height: 900 },
    isMobile: touch,
    hasTouch: touch,
    locale,
    userAgent,
    // A list denies what is not in it; without one the browser does as it does.
    permissions: camera === undefined ? undefined : camera ? ["camera"] : [],
    timezoneId: "UTC",
    reducedMotion: "reduce",
  });
  const faults: string[] = [];
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on("console", (message) => {
    // The browser reports every refused answer; which of them are expected, the journey itself says.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
      faults.push(message.text());
    }
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => {
    const target = request.url();
    if (
      !target.startsWith(url) &&
      !target.startsWith(beside) &&
      !target.startsWith("data:") &&
      !target.startsWith("blob:")
    ) {
      faults.push(`request to another host: ${target}`);
    }
  });
  return { page, context, faults };
}

/** Checks a screen, or a part of it, with axe against WCAG 2.2 A and AA; what `but` selects is left out. */
export async function expectAccessible(page: Page, name: string, part = "body", but?: string) {
  const axe = new AxeBuilder({ page }).include(part);
  if (but) axe.exclude(but);
  const { violations } = await axe
    .options({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"] })
    // There are no frames to gather results from, so no second page has to be opened for it.
    .setLegacyMode()
    .analyze();
  const found = violations.map(
    (v) => `${v.id}: ${v.help}\n  ${v.nodes.map((n) => `${n.html} ${n.failureSummary}`).join("\n  ")}`,
  );
  expect(found, `axe on ${name}`).toEqual([]);
}

interface Shown {
  widths?: readonly number[];
  /** The screen is longer than a window: the picture shall show all of it. */
  tall?: boolean;
  /** What axe looks at, where the rest was looked at before. */
  part?: string;
  /** What axe leaves out, for it is not ours to mend. */
  but?: string;
}

/** The page hears of its theme and its size with the next frame, and shows them with the one after. */
const drawn = (page: Page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

/**
 * Takes pictures of the screen as it stands, in both themes, wide and narrow. Axe checks two of them: each theme and
 * each width once, since colours do not depend on the width.
 */
export async function showScreen(
  page: Page,
  name: string,
  { widths = [1440, 390], tall = false, part, but }: Shown = {},
) {
  mkdirSync(screens, { recursive: true });
  const size = page.viewportSize();
  for (const width of widths) {
    const height = tall ? 1600 : width === 390 ? 844 : 900;
    await page.setViewportSize({ width, height });
    for (const theme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      await drawn(page);
      await page.screenshot({ path: resolve(screens, `${name}-${theme}-${width}.png`), animations: "disabled" });
      if (widths.length === 1 || (theme === "light") === (width === 1440)) {
        await expectAccessible(page, `${name} (${theme}, ${width})`, part, but);
      }
    }
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  if (size) {
    await page.setViewportSize(size);
    await drawn(page);
  }
}
