import i18next from "i18next";
import { afterEach, expect, test } from "vitest";
import { bestLanguage, startI18n } from "./i18n";

afterEach(() => startI18n("en"));

test.each([
  [["de-AT", "en"], "de"],
  [["fr-CA"], "fr"],
  [["es-419", "en-US"], "es"],
  [["ar-EG", "en"], "ar"],
  [["xx", "EN-gb"], "en"],
  [[null, undefined, "tlh"], "en"],
  [["toString"], "en"],
])("for the wishes %j the best is %s", (wishes, best) => {
  expect(bestLanguage(wishes)).toBe(best);
});

test("Arabic runs from right to left, and an address in its sentences from left to right", async () => {
  await startI18n("ar");
  expect(document.documentElement).toHaveAttribute("lang", "ar");
  expect(document.documentElement).toHaveAttribute("dir", "rtl");
  expect(i18next.t("verifyBanner.sent", { email: "1@b.example" })).toContain("\u20681@b.example\u2069");
  await i18next.changeLanguage("en");
  expect(document.documentElement).toHaveAttribute("dir", "ltr");
  expect(i18next.t("verifyBanner.sent", { email: "1@b.example" })).toBe("Another link is on its way to 1@b.example.");
});

test.each([
  [0, "0 ثانية"],
  [1, "ثانية واحدة"],
  [2, "ثانيتين"],
  [3, "3 ثوانٍ"],
  [11, "11 ثانية"],
  [100, "100 ثانية"],
])("%i seconds in Arabic: %s", async (count, text) => {
  await startI18n("ar");
  expect(i18next.t("wait.seconds", { count })).toBe(text);
});
