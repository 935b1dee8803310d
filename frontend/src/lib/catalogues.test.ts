import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { areas, languages } from "./i18n";

type Catalogue = { [key: string]: string | Catalogue };

const files = import.meta.glob<Catalogue>("../locales/*/*.json", { eager: true, import: "default" });

const textsOf = (texts: Catalogue, path = ""): [key: string, text: string][] =>
  Object.entries(texts).flatMap(([key, text]) =>
    typeof text === "string" ? [[path + key, text]] : textsOf(text, `${path}${key}.`),
  );

const at = (language: string, area: string) => textsOf(files[`../locales/${language}/${area}.json`] ?? {});

const all = Object.keys(languages).flatMap((language) => areas.map((area) => [language, area] as const));

const formsOf = (language: string) => new Intl.PluralRules(language).resolvedOptions().pluralCategories;

/** Splits "users.count_few" into its stem and its plural form; other keys have no form. */
const split = (key: string): [stem: string, form?: string] =>
  (/^(.*)_(zero|one|two|few|many|other)$/.exec(key)?.slice(1) as [string, string] | undefined) ?? [key];

/** What is filled in: {{names}}, and <0/> and the like. */
const gapsOf = (text: string) =>
  [...text.matchAll(/{{\s*(\w+)|<\/?(\d+)/g)].map((gap) => gap[1] ?? `<${gap[2]}>`).sort();

test("there is a catalogue for each language and area, and no other", () => {
  expect(Object.keys(files).sort()).toEqual(
    all.map(([language, area]) => `../locales/${language}/${area}.json`).sort(),
  );
});

test.each(all)(
  "%s/%s has the keys of English, in its order, each plural in all forms of the language",
  (language, area) => {
    const wanted = at("en", area).flatMap(([key]) => {
      const [stem, form] = split(key);
      if (!form) return [key];
      return form === "one" ? formsOf(language).map((own) => `${stem}_${own}`) : [];
    });
    const found = at(language, area).map(([key]) => key);
    expect([...found].sort()).toEqual([...wanted].sort());
    const stems = (keys: string[]) => [...new Set(keys.map((key) => split(key)[0]))];
    expect(stems(found)).toEqual(stems(wanted));
  },
);

/** Whether a form stands for one number only; its text may write that out, as in "two users". */
const exact = (language: string, form: string) => {
  const rules = new Intl.PluralRules(language);
  return [...Array(1000).keys(), 1_000_000, 2_000_000].filter((n) => rules.select(n) === form).length === 1;
};

test.each(all)("%s/%s fills the same gaps as English", (language, area) => {
  const english = new Map(at("en", area).map(([key, text]) => [key, gapsOf(text)]));
  for (const [key, text] of at(language, area)) {
    const [stem, form] = split(key);
    const wanted = english.get(form ? `${stem}_other` : key) ?? [];
    const found = gapsOf(text);
    const writtenOut = form && exact(language, form) && !found.includes("count") && !found.includes("number");
    expect([key, found]).toEqual([
      key,
      writtenOut ? wanted.filter((gap) => gap !== "count" && gap !== "number") : wanted,
    ]);
  }
});

test.each(all)("%s/%s has no empty text and none with space around it", (language, area) => {
  for (const [key, text] of at(language, area)) expect([key, text]).toEqual([key, text.trim() || "a text"]);
});

test("each kind of user error that the API knows has a text, so that its English sentence is never shown", () => {
  const schema = readFileSync("graph/schema/base.graphql", "utf8");
  const [, kinds = ""] = /enum UserErrorCode {([^}]*)}/.exec(schema) ?? [];
  const codes = kinds.match(/^ {2}[A-Z_]+$/gm)?.map((code) => `userError.${code.trim()}`) ?? [];
  expect(codes.length).toBeGreaterThan(5);
  expect(at("en", "common").map(([key]) => key)).toEqual(expect.arrayContaining(codes));
});
