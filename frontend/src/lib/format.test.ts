import { expect, test } from "vitest";
import { makeFormats } from "./format";

const now = Date.parse("2026-11-24T12:00:00Z");

test.each([
  ["2026-11-24T11:59:40Z", "now", "jetzt"],
  ["2026-11-24T11:58:01Z", "1 minute ago", "vor 1 Minute"],
  ["2026-11-24T09:00:00Z", "3 hours ago", "vor 3 Stunden"],
  ["2026-11-23T11:00:00Z", "yesterday", "gestern"],
  ["2026-11-12T12:00:00Z", "last week", "letzte Woche"],
  ["2025-01-01T12:00:00Z", "last year", "letztes Jahr"],
  ["2026-11-24T14:00:00Z", "in 2 hours", "in 2 Stunden"],
])("%s is %s", (iso, english, german) => {
  expect(makeFormats("en").relative(iso, now)).toBe(english);
  expect(makeFormats("de").relative(iso, now)).toBe(german);
});

test("days are counted by the midnights of the zone, and written as the language writes them", () => {
  const since = (iso: string, zone: string) => makeFormats("en", zone).daysSince(iso, now);
  expect(since("2026-11-24T00:01:00Z", "UTC")).toBe(0);
  expect(since("2026-11-23T23:59:00Z", "UTC")).toBe(1);
  expect(since("2026-11-23T23:59:00Z", "Europe/Berlin")).toBe(0);
  expect(since("2026-10-24T12:00:00Z", "Europe/Berlin"), "a clock was set back between").toBe(31);
  expect(since("2026-11-24T12:00:20Z", "UTC"), "a clock that is ahead").toBe(0);
  expect([0, 1, 12].map(makeFormats("en").days)).toEqual(["0 days", "1 day", "12 days"]);
  expect([1, 12].map(makeFormats("de").days)).toEqual(["1 Tag", "12 Tage"]);
  expect(makeFormats("ar").days(3)).toBe("3 أيام");
});

test("dates are written as the language writes them", () => {
  expect(makeFormats("en", "UTC").dateTime("2026-11-24T14:05:00Z")).toBe("24 Nov 2026, 14:05");
  expect(makeFormats("de", "UTC").dateTime("2026-11-24T14:05:00Z")).toBe("24.11.2026, 14:05");
  expect(makeFormats("de").number(1234567)).toBe("1.234.567");
  expect([999, 999_999, 2_345_678].map(makeFormats("en").bytes)).toEqual(["1 kB", "1,000 kB", "2.3 MB"]);
  expect(makeFormats("de").bytes(2_345_678)).toBe("2,3 MB");
  expect(makeFormats("en").percent(1.5)).toBe("150%");
});

test("French, Spanish and Arabic have their own words, and the digits are the same in all", () => {
  expect(makeFormats("fr", "UTC").date("2026-11-24T14:05:00Z")).toBe("24 nov. 2026");
  expect(makeFormats("es", "UTC").date("2026-11-24T14:05:00Z")).toBe("24 nov 2026");
  const arabic = makeFormats("ar", "UTC");
  expect(arabic.exact("2026-11-24T14:05:33Z")).toMatch(/^الثلاثاء، 24 نوفمبر 2026/);
  expect(arabic.dateTime("2026-11-24T14:05:00Z")).toMatch(/2026.*2:05/);
  expect(arabic.relative("2026-11-24T09:00:00Z", now)).toBe("قبل 3 ساعات");
  expect(arabic.relative("2026-11-22T09:00:00Z", now)).toBe("أول أمس");
  expect(arabic.number(1234567)).toBe("1,234,567");
});
