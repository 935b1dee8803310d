import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { capital } from "../lib/capital";

/** The name of a language, from its BCP 47 tag, in the language of the interface. */
export function useLanguageName(): (tag: string) => string {
  const { i18n } = useTranslation();
  const own = i18n.resolvedLanguage ?? "en";
  return useMemo(() => {
    const names = new Intl.DisplayNames([own], { type: "language" });
    return (tag) => {
      try {
        return capital(names.of(tag) ?? tag);
      } catch {
        return tag; // not well-formed, as older data may be
      }
    };
  }, [own]);
}
