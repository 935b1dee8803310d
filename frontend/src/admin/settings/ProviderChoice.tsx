import { useTranslation } from "react-i18next";
import type { IdentityProviderTest } from "../../gen/graphql";
import { Banner } from "../../ui/Banner";
import { SelectField } from "../../ui/Field";
import { useProviderName } from "../verificationWords";
import classes from "./SettingsForm.module.css";

/** A service that may decide, and what is known of its keys. */
export interface Provider {
  name: string;
  ready: boolean;
  tested: IdentityProviderTest;
}

interface Props {
  value: string;
  /** It is not what is saved. */
  changed: boolean;
  providers: readonly Provider[];
  error?: string;
  onChange: (name: string) => void;
}

/** Who decides about proofs of identity: our own staff, or a service that was given keys which it does not refuse. */
export function ProviderChoice({ value, changed, providers, error, onChange }: Props) {
  const { t } = useTranslation("admin");
  const providerName = useProviderName();
  const labelOf = ({ name, ready, tested }: Provider) => {
    const provider = providerName(name);
    if (!ready) return t("settings.providerNotReady", { provider });
    return tested === "REFUSED" ? t("settings.providerRefused", { provider }) : provider;
  };
  const chosen = providers.find(({ name }) => name === value);
  return (
    <>
      <SelectField
        className={classes.short}
        label={t("settings.provider")}
        description={t("settings.providerHint")}
        error={error}
        data={[
          { value: "MANUAL", label: providerName("MANUAL") },
          ...providers.map((one) => ({
            value: one.name,
            label: labelOf(one),
            disabled: (!one.ready || one.tested === "REFUSED") && one.name !== value,
          })),
        ]}
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
      {chosen && chosen.tested !== "ACCEPTED" && (
        <div className={classes.warning}>
          <Banner tone="warn" urgent={changed}>
            {t(`settings.keys.${chosen.tested}`, { provider: providerName(chosen.name) })}
          </Banner>
        </div>
      )}
    </>
  );
}
