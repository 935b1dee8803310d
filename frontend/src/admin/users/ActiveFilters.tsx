import { Button } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useLanguageName } from "../languageName";
import classes from "../list.module.css";
import type { UsersSearch } from "./search";

const nothing = {
  twoFactor: undefined,
  question: undefined,
  verified: undefined,
  staff: undefined,
  state: undefined,
  verification: undefined,
  language: undefined,
  login: undefined,
} satisfies Partial<UsersSearch>;

/** The filters in force, each with a way out. */
export function ActiveFilters({
  search,
  onChange,
}: {
  search: UsersSearch;
  onChange: (change: Partial<UsersSearch>) => void;
}) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const languageName = useLanguageName();
  const yesNo = (field: "twoFactor" | "question" | "verified" | "staff") => {
    const value = search[field];
    return value !== undefined && ([field, t(`filter.${field}.label`), t(`filter.${field}.${value}`)] as const);
  };
  const chips = [
    yesNo("twoFactor"),
    yesNo("question"),
    search.login && (["login", t("filter.login.label"), t(`filter.login.${search.login}`)] as const),
    yesNo("verified"),
    search.state && (["state", t("filter.state"), t(`state.${search.state}`)] as const),
    search.verification &&
      (["verification", t("verification.title"), c(`verification.status.${search.verification}`)] as const),
    search.language && (["language", t("filter.language"), languageName(search.language)] as const),
    yesNo("staff"),
  ].filter((chip) => Boolean(chip)) as (readonly [keyof UsersSearch, string, string])[];
  if (chips.length === 0) return null;
  return (
    <ul className={classes.chips} aria-label={t("filter.active")}>
      {chips.map(([field, label, value]) => (
        <li key={field}>
          <button
            type="button"
            className={classes.chip}
            aria-label={t("filter.remove", { filter: `${c("field.label", { label })} ${value}` })}
            onClick={() => onChange({ [field]: undefined })}
          >
            {c("field.label", { label })} {value}
            <IconX size={14} stroke={2} aria-hidden="true" />
          </button>
        </li>
      ))}
      {chips.length > 1 && (
        <li>
          <Button variant="subtle" size="compact-sm" onClick={() => onChange(nothing)}>
            {t("filter.clear")}
          </Button>
        </li>
      )}
    </ul>
  );
}
