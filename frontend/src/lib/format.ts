import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { localeOf } from "./i18n";
import { useSession } from "./session/useSession";

/** Formats in the language of the interface and the time zone of the profile, or of the device where none is chosen. */
export interface Formats {
  /** "24 Nov 2026" */
  date: (iso: string) => string;
  /** "24 Nov 2026, 14:05" */
  dateTime: (iso: string) => string;
  /** "Tuesday, 24 November 2026 at 14:05:33 GMT+1": nothing left out. */
  exact: (iso: string) => string;
  /** "3 days ago"; `now` in milliseconds since 1970. */
  relative: (iso: string, now: number) => string;
  /** How many midnights lie between a moment and `now`, in milliseconds since 1970; 0 for today. */
  daysSince: (iso: string, now: number) => number;
  /** "3 days" */
  days: (count: number) => string;
  /** "1,234" */
  number: (value: number) => string;
  /** "150%", from 1.5. */
  percent: (part: number) => string;
  /** "2.4 MB", from a number of bytes. */
  bytes: (value: number) => string;
  /** "a, b and c" */
  list: (items: readonly string[]) => string;
}

export function useFormats(): Formats {
  const { i18n } = useTranslation();
  const language = i18n.resolvedLanguage ?? "en";
  const zone = useSession().viewer.user?.timeZone;
  return useMemo(() => makeFormats(language, known(zone)), [language, zone]);
}

/** A zone that the server knows and this browser does not is as good as none. */
function known(zone: string | null | undefined): string | undefined {
  if (!zone) return undefined;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone;
  } catch {
    return undefined;
  }
}

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

export function makeFormats(language: string, timeZone?: string): Formats {
  const locale = localeOf(language);
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone });
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone });
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long", timeZone });
  // Each day as a number of days: the way of writing it is for computers, and the same in all languages.
  const calendar = new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone });
  const dayOf = (moment: Date | number) => Date.parse(calendar.format(moment)) / 86_400_000;
  const days = new Intl.NumberFormat(locale, { style: "unit", unit: "day", unitDisplay: "long" });
  const number = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: "percent" });
  const [kilobytes, megabytes] = ["kilobyte", "megabyte"].map(
    (unit) => new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: 1 }),
  ) as [Intl.NumberFormat, Intl.NumberFormat];
  const list = new Intl.ListFormat(locale, { type: "conjunction" });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  return {
    date: (iso) => day.format(new Date(iso)),
    dateTime: (iso) => moment.format(new Date(iso)),
    exact: (iso) => exact.format(new Date(iso)),
    daysSince: (iso, now) => Math.max(0, dayOf(now) - dayOf(new Date(iso))),
    days: (count) => days.format(count),
    number: (value) => number.format(value),
    percent: (part) => percent.format(part),
    bytes: (value) =>
      value < 1_000_000 ? kilobytes.format(Math.ceil(value / 1000)) : megabytes.format(value / 1_000_000),
    list: (items) => list.format(items),
    relative: (iso, now) => {
      const past = (Date.parse(iso) - now) / 1000;
      for (const [unit, seconds] of steps) {
        if (Math.abs(past) >= seconds) return relative.format(Math.trunc(past / seconds), unit);
      }
      return relative.format(0, "second");
    },
  };
}
