import { useTranslation } from "react-i18next";
import { SelectField, TextField } from "../../ui/Field";
import type { Fields } from "../../ui/useFields";

/** How long a token may last, in days. */
const spans = ["7", "30", "90", "180", "365"];

/** What a token is for, and how long it lasts. */
export function NameAndDays({
  fields,
}: {
  fields: Pick<Fields<{ name: string; days: string }>, "input" | "set" | "values">;
}) {
  const { t } = useTranslation();
  return (
    <>
      <TextField
        {...fields.input("name")}
        label={t("token.name")}
        description={t("token.nameHint")}
        maxLength={100}
        data-autofocus
      />
      <SelectField
        label={t("token.days")}
        value={fields.values.days}
        error={fields.input("days").error}
        data={spans.map((value) => ({ value, label: t("token.dayCount", { count: Number(value) }) }))}
        onChange={({ currentTarget }) => fields.set("days", currentTarget.value)}
      />
    </>
  );
}
