import { useTranslation } from "react-i18next";
import { useMayVerify, useSession } from "../../lib/session/useSession";
import { SelectField } from "../../ui/Field";
import { useLanguageName } from "../languageName";
import classes from "../list.module.css";
import { type Login, logins, states, type UsersSearch, verifications } from "./search";

type Change = (change: Partial<UsersSearch>) => void;

/** Everything that the list can be narrowed by. */
export function FilterFields({ search, onChange }: { search: UsersSearch; onChange: Change }) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const { installation } = useSession();
  const mayVerify = useMayVerify();
  const languageName = useLanguageName();
  const any = { value: "", label: t("filter.any") };
  const yesNo = (field: "twoFactor" | "question" | "verified" | "staff") => (
    <SelectField
      label={t(`filter.${field}.label`)}
      data={[
        any,
        { value: "true", label: t(`filter.${field}.true`) },
        { value: "false", label: t(`filter.${field}.false`) },
      ]}
      value={String(search[field] ?? "")}
      onChange={({ currentTarget: { value } }) => onChange({ [field]: value ? value === "true" : undefined })}
    />
  );
  return (
    <div className={classes.filters}>
      {yesNo("twoFactor")}
      {yesNo("question")}
      <SelectField
        label={t("filter.login.label")}
        data={[any, ...logins.map((value) => ({ value, label: t(`filter.login.${value}`) }))]}
        value={search.login ?? ""}
        onChange={({ currentTarget: { value } }) => onChange({ login: (value || undefined) as Login | undefined })}
      />
      {yesNo("verified")}
      <SelectField
        label={t("filter.state")}
        data={[any, ...states.map((value) => ({ value, label: t(`state.${value}`) }))]}
        value={search.state ?? ""}
        onChange={({ currentTarget: { value } }) => onChange({ state: (value || undefined) as UsersSearch["state"] })}
      />
      {mayVerify && (
        <SelectField
          label={t("verification.title")}
          data={[any, ...verifications.map((value) => ({ value, label: c(`verification.status.${value}`) }))]}
          value={search.verification ?? ""}
          onChange={({ currentTarget: { value } }) =>
            onChange({ verification: (value || undefined) as UsersSearch["verification"] })
          }
        />
      )}
      <SelectField
        label={t("filter.language")}
        data={[any, ...installation.languages.map((value) => ({ value, label: languageName(value) }))]}
        value={search.language ?? ""}
        onChange={({ currentTarget: { value } }) => onChange({ language: value || undefined })}
      />
      {yesNo("staff")}
    </div>
  );
}
