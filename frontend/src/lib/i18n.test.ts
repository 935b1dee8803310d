import { expect, test } from "vitest";
import { areas, bestLanguage, languages } from "./i18n";

type Catalogue = { [key: string]: string | Catalogue };

const files = import.meta.glob<Catalogue>("../locales/*/*.json", { eager: true, import: "default" });

const keysOf = (texts: Catalogue, path = ""): string[] =>
  Object.entries(texts).flatMap(([key, text]) =>
    typeof text === "string" ? [path + key] : keysOf(text, `${path}${key}.`),
  );

// Languages have different plural forms: the stem has to be there, and "other", which all have.
const stems = (texts: Catalogue) =>
  [...new Set(keysOf(texts).map((key) => key.replace(/_(zero|one|two|few|many)$/, "_other")))].sort();

const at = (language: string, area: string) => files[`../locales/${language}/${area}.json`] ?? {};

test.each(Object.keys(languages).flatMap((language) => areas.map((area) => [language, area] as const)))(
  "%s/%s has the texts that English has, and no empty one",
  (language, area) => {
    expect(stems(at(language, area))).toEqual(stems(at("en", area)));
    expect(JSON.stringify(at(language, area))).not.toMatch(/:""/);
  },
);

test.each(Object.keys(languages))("%s fills the same gaps as English", (language) => {
  const gaps = (texts: Catalogue): Record<string, string[]> =>
    Object.fromEntries(
      keysOf(texts).map((key) => {
        const text = key
          .split(".")
          .reduce<string | Catalogue>((found, part) => (found as Catalogue)[part] ?? "", texts);
        return [key, [...String(text).matchAll(/{{\s*(\w+)|<\/?(\d+)/g)].map((gap) => gap[1] ?? gap[2] ?? "").sort()];
      }),
    );
  for (const area of areas) {
    const [here, english] = [gaps(at(language, area)), gaps(at("en", area))];
    for (const key of Object.keys(here)) if (key in english) expect([key, here[key]]).toEqual([key, english[key]]);
  }
});

test.each([
  [["de-AT", "en"], "de"],
  [["xx", "EN-gb"], "en"],
  [[null, undefined, "tlh"], "en"],
  [["toString"], "en"],
])("for the wishes %j the best is %s", (wishes, best) => {
  expect(bestLanguage(wishes)).toBe(best);
});
