import { useTranslation } from "react-i18next";
import { localeOf } from "../lib/i18n";
import classes from "./Commands.module.css";
import type { Operation } from "./post";
import { useWeight } from "./useWeight";

/** What a run will cost, or why it would be refused; nothing while that is not known. */
export function CostNote({ operation }: { operation?: Operation }) {
  const { t, i18n } = useTranslation("explorer");
  const weight = useWeight(operation);
  const number = new Intl.NumberFormat(localeOf(i18n.resolvedLanguage ?? "en"));
  return (
    <p className={classes.cost} role="status" dir={i18n.dir()} lang={i18n.resolvedLanguage}>
      {weight &&
        ("refusal" in weight ? (
          <span className={classes.refusal} lang="en" dir="ltr">
            {weight.refusal}
          </span>
        ) : (
          <span className={weight.cost > weight.remaining ? classes.refusal : undefined}>
            {t("cost", { cost: number.format(weight.cost), remaining: number.format(weight.remaining) })}
          </span>
        ))}
    </p>
  );
}
