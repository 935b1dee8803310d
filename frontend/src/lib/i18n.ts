import i18next, { type BackendModule, type i18n } from "i18next";
import { initReactI18next } from "react-i18next";
import type admin from "../locales/en/admin.json";
import type client from "../locales/en/client.json";
import type common from "../locales/en/common.json";
import type explorer from "../locales/en/explorer.json";

/** The languages that have a catalogue, each by its own name. A new one: a folder in locales/ and a line here. */
export const languages = { en: "English", de: "Deutsch", fr: "Français", es: "Español", ar: "العربية" } as const;

export type Language = keyof typeof languages;

// English without a country would get American dates; these are read all over the world. Digits are the same in all
// languages, so that an ID or a code read out on the phone is the one that staff see.
const locales: Record<string, string> = { en: "en-GB", ar: "ar-u-nu-latn" };

/** The locale for dates and numbers in a language, for Intl. */
export const localeOf = (language: string): string => locales[language] ?? language;

/** Texts by area: `common` is there from the start, the others come with the area that needs them. */
export const areas = ["common", "admin", "client", "explorer"] as const;

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    resources: { common: typeof common; admin: typeof admin; client: typeof client; explorer: typeof explorer };
  }
}

const storageKey = "roster.language";

// One file per language and area, loaded when first needed.
const catalogues: BackendModule = {
  type: "backend",
  init: () => {},
  read: (language, area, done) => {
    import(`../locales/${language}/${area}.json`).then(
      (file: { default: Record<string, unknown> }) => done(null, file.default),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), null),
    );
  },
};

/** The best of our languages for a list of wishes in BCP 47, most wanted first. */
export function bestLanguage(wishes: readonly (string | null | undefined)[]): Language {
  for (const wish of wishes) {
    const base = wish?.toLowerCase().split("-")[0];
    if (base && Object.hasOwn(languages, base)) return base as Language;
  }
  return "en";
}

/** Loads the texts for the first paint. */
export async function startI18n(language: Language = bestLanguage([chosen(), ...navigator.languages])): Promise<i18n> {
  await i18next
    .use(catalogues)
    .use(initReactI18next)
    .init({
      lng: language,
      fallbackLng: "en",
      supportedLngs: Object.keys(languages),
      ns: ["common"],
      defaultNS: "common",
      // React escapes; what is needed of the hook is to keep a value from turning the sentence around it.
      interpolation: { escapeValue: true, escape: isolate },
      returnNull: false,
    });
  markDocument(i18next);
  i18next.on("languageChanged", () => markDocument(i18next));
  return i18next;
}

/** Shows the interface in this language from now on, on this device. */
export async function chooseLanguage(language: Language): Promise<void> {
  try {
    localStorage.setItem(storageKey, language);
  } catch {
    // Storage is closed: the choice holds until the page is left.
  }
  await i18next.changeLanguage(language);
}

/** Shows the interface in the language just saved in the profile; what was chosen on this device is forgotten. */
export async function adoptLanguage(language: string): Promise<void> {
  try {
    localStorage.removeItem(storageKey);
  } catch {
    // Storage is closed: nothing was chosen there.
  }
  await i18next.changeLanguage(bestLanguage([language]));
}

/** Follows the language of the user's profile, unless another was chosen on this device. */
export async function followProfile(language: string): Promise<void> {
  const best = bestLanguage([chosen(), language]);
  if (best !== i18next.resolvedLanguage) await i18next.changeLanguage(best);
}

/**
 * In a sentence that runs from right to left, an e-mail address or a name in Latin letters would take the marks beside
 * it along: it becomes a run of its own, in the direction of its first letter (UAX 9, FSI and PDI). Bare numbers need none.
 */
function isolate(value: string): string {
  return i18next.dir(i18next.resolvedLanguage) === "rtl" && /\p{L}/u.test(value) ? `\u2068${value}\u2069` : value;
}

function chosen(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

function markDocument(i18n: i18n): void {
  const language = i18n.resolvedLanguage ?? "en";
  document.documentElement.lang = language;
  document.documentElement.dir = i18n.dir(language);
}
