import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { SettingsPageQuery } from "../../gen/graphql";
import { fieldErrors } from "../../lib/api/fieldErrors";
import { useAct } from "../../lib/api/useAct";
import { Banner } from "../../ui/Banner";
import { FormDialog } from "../../ui/FormDialog";
import { toastBad, toastGood } from "../../ui/toast";
import { type Draft, hitsViewer, inputOf, rolesOf } from "./draft";
import classes from "./SaveDialog.module.css";
import type { Difference } from "./useSettings";

const UpdateSettingsDocument = graphql(`
  mutation UpdateSettings($input: UpdateSettingsInput!) {
    updateSettings(input: $input) {
      settings {
        company
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

const SetRoleTwoFactorDocument = graphql(`
  mutation SetRoleTwoFactor($input: SetRoleTwoFactorInput!) {
    setRoleTwoFactor(input: $input) {
      role {
        id
        requireTwoFactor
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

/** What the API may name in a refusal, that the form has a place for. */
const named = ["company", "graceDays", "lockedProfile", "provider", "approvalDays", "tries", "keepDays"] as const;

interface Props {
  present: SettingsPageQuery;
  base: Draft;
  draft: Draft;
  changes: readonly Difference[];
  onClose: () => void;
  /** Somebody else changed the settings meanwhile: they have to be read anew. */
  onStale: () => void;
  onSaved: () => void;
  /** What is wrong, by the name of the setting. */
  onRefused: (problems: Readonly<Record<string, string>>) => void;
}

/** Shows what will be different, and warns whoever is about to shut themselves out of their own pages. */
export function SaveDialog({ present, base, draft, changes, onClose, onStale, onSaved, onRefused }: Props) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const [update, updating] = useAct(UpdateSettingsDocument);
  const [setRole, settingRole] = useAct(SetRoleTwoFactorDocument);
  const [stale, setStale] = useState(false);
  const days = Number(draft.graceDays);

  const save = async () => {
    const input = inputOf(base, draft);
    if (input) {
      const outcome = await update({ input: { ...input, version: present.settings.version } });
      if (!outcome.ok) {
        if (outcome.fault) return onClose();
        // What the others saved comes in, and the difference to it is shown: it can be saved again, or left.
        const late = outcome.userErrors.some(({ code }) => code === "CONFLICT");
        setStale(late);
        if (late) return onStale();
        const { fields, rest } = fieldErrors(c, outcome.userErrors, named);
        for (const text of rest) toastBad(text);
        return onRefused(fields);
      }
    }
    for (const role of rolesOf(base, draft)) {
      const outcome = await setRole({ input: role });
      if (!outcome.ok) {
        for (const text of fieldErrors(c, outcome.userErrors, []).rest) toastBad(text);
        return onSaved();
      }
    }
    toastGood(t("settings.saved"));
    onSaved();
  };

  return (
    <FormDialog
      opened
      onClose={onClose}
      onSubmit={() => void save()}
      title={t("settings.saveTitle", { count: changes.length })}
      submit={t("settings.save")}
      busy={updating || settingRole}
    >
      {stale && (
        <Banner tone="warn" urgent>
          <p>{t("settings.conflict")}</p>
        </Banner>
      )}
      <dl className={classes.changes}>
        {changes.map(({ label, from, to }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <del>{from}</del> <span aria-hidden="true">→</span> <ins>{to}</ins>
            </dd>
          </div>
        ))}
      </dl>
      {hitsViewer(base, draft, present) && (
        <Banner tone="warn">
          <p>{days > 0 ? t("settings.hitsYouIn", { count: days }) : t("settings.hitsYou")}</p>
        </Banner>
      )}
    </FormDialog>
  );
}
