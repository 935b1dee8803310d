import { Button, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SettingsPageQuery } from "../../gen/graphql";
import { Badge } from "../../ui/Badge";
import { EmptyState } from "../../ui/EmptyState";
import { Form } from "../../ui/Form";
import { LeaveGuard } from "../../ui/LeaveGuard";
import { Section } from "../../ui/Section";
import { useProviderName } from "../verificationWords";
import { type Draft, draftOf } from "./draft";
import { ProviderSection } from "./ProviderSection";
import { SaveDialog } from "./SaveDialog";
import classes from "./SettingsForm.module.css";
import { useSettings } from "./useSettings";

interface Props {
  present: SettingsPageQuery;
  /** Somebody else changed them meanwhile: they have to be read anew. */
  onStale: () => void;
  onSaved: () => void;
}

/** All settings, by group, with a search over them. Nothing is saved before the difference was shown. */
export function SettingsForm({ present, onStale, onSaved }: Props) {
  const { t } = useTranslation("admin");
  const providerName = useProviderName();
  const base = draftOf(present);
  // Only what was touched is kept: what others save meanwhile shows through.
  const [touched, setTouched] = useState<Partial<Draft>>({});
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [sought, setSought] = useState("");
  const [saving, setSaving] = useState(false);
  const draft: Draft = { ...base, ...touched, roles: { ...base.roles, ...touched.roles } };

  const set = (change: Partial<Draft>) => {
    setTouched((old) => ({ ...old, ...change }));
    setErrors({});
  };
  const groups = useSettings({
    base,
    draft,
    set,
    errors,
    roles: present.roles ?? [],
    providers: present.settings.identityProviders,
  });
  const changes = groups.flatMap(({ settings }) => settings.flatMap((one) => one.changes));
  const words = fold(sought).split(/\s+/).filter(Boolean);
  const matches = (text: string) => words.every((word) => fold(text).includes(word));
  const services = present.settings.identityProviders.filter(({ name }) =>
    matches(`${t("verification.title")} ${providerName(name)}`),
  );
  const found = groups
    .map(({ title, settings }) => ({
      title,
      settings: settings.filter(({ text }) => matches(`${title} ${text}`)),
    }))
    .filter(({ settings }) => settings.length > 0);

  const review = () => {
    const problems = {
      ...(!draft.company.trim() && { company: t("settings.companyNeeded") }),
      ...(!within(draft.graceDays, 0, 365) && { graceDays: t("settings.graceInvalid") }),
      ...(!within(draft.invitationDays, 1, 7) && { invitationDays: t("settings.invitationInvalid") }),
      ...(!within(draft.apiPoints, 5_000, 100_000_000) && { apiPoints: t("settings.apiPointsInvalid") }),
      ...(!within(draft.apiMinutes, 1, 60) && { apiMinutes: t("settings.apiMinutesInvalid") }),
      ...(!within(draft.approvalDays, 0, 3650) && { approvalDays: t("settings.approvalDaysInvalid") }),
      ...(!within(draft.tries, 1, 20) && { tries: t("settings.triesInvalid") }),
      ...(!within(draft.keepDays, 1, 90) && { keepDays: t("settings.keepDaysInvalid") }),
    };
    setErrors(problems);
    if (Object.keys(problems).length === 0 && changes.length > 0) return setSaving(true);
    setSought("");
  };

  return (
    <>
      <search className={classes.search}>
        <TextInput
          type="search"
          aria-label={t("settings.search")}
          placeholder={t("settings.search")}
          leftSection={<IconSearch size={16} stroke={1.7} aria-hidden="true" />}
          value={sought}
          onChange={({ currentTarget }) => setSought(currentTarget.value)}
        />
      </search>
      <Form onSubmit={review} answer={Object.keys(errors).length > 0 && errors}>
        <div>
          {found.map(({ title, settings }) => (
            <Section key={title} title={title} flush>
              {settings.map(({ key, control, changes: own }) => (
                <div key={key} className={classes.setting}>
                  <div className={classes.control}>{control}</div>
                  {own.length > 0 && <Badge tone="accent">{t("settings.changed")}</Badge>}
                </div>
              ))}
            </Section>
          ))}
        </div>
        {found.length + services.length === 0 && (
          <EmptyState title={t("settings.none")}>{t("settings.noneHint")}</EmptyState>
        )}
        {changes.length > 0 && (
          <div className={classes.bar}>
            <span role="status">{t("settings.changes", { count: changes.length })}</span>
            <Button variant="default" onClick={() => setTouched({})}>
              {t("settings.discard")}
            </Button>
            <Button type="submit">{t("settings.review")}</Button>
          </div>
        )}
      </Form>
      <div className={classes.services}>
        {services.map((provider) => (
          <ProviderSection key={provider.name} provider={provider} onChanged={onStale} />
        ))}
      </div>
      <LeaveGuard changes={changes.length} />
      {saving && (
        <SaveDialog
          {...{ present, base, draft, changes, onStale }}
          onClose={() => setSaving(false)}
          onSaved={() => {
            setSaving(false);
            setTouched({});
            onSaved();
          }}
          onRefused={(problems) => {
            setSaving(false);
            setSought("");
            setErrors(problems);
          }}
        />
      )}
    </>
  );
}

const within = (text: string, from: number, to: number) =>
  /^\d+$/.test(text.trim()) && Number(text) >= from && Number(text) <= to;

const fold = (text: string) => text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
