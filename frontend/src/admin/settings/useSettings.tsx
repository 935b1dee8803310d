import { Checkbox } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../lib/format";
import { TextField } from "../../ui/Field";
import { useProviderName } from "../verificationWords";
import { type Draft, profileFields } from "./draft";
import { type Provider, ProviderChoice } from "./ProviderChoice";
import classes from "./SettingsForm.module.css";

/** One value that is different: what it is, and what it will be, in words. */
export interface Difference {
  label: string;
  from: string;
  to: string;
}

/** A setting as the page shows it. */
interface Setting {
  key: string;
  /** What the search looks through. */
  text: string;
  control: ReactNode;
  changes: readonly Difference[];
}

interface Props {
  base: Draft;
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  errors: Readonly<Record<string, string>>;
  roles: readonly { id: string; name: string }[];
  providers: readonly Provider[];
}

type Switch =
  | "registration"
  | "disableClientUserManagement"
  | "strictInvitations"
  | "staff"
  | "owners"
  | "everyone"
  | "trustedDevices"
  | "identityOn"
  | "secondReviewer";

type Text =
  | "company"
  | "graceDays"
  | "invitationDays"
  | "apiPoints"
  | "apiMinutes"
  | "approvalDays"
  | "tries"
  | "keepDays";

/** Every setting there is, by group. */
export function useSettings({
  base,
  draft,
  set,
  errors,
  roles,
  providers,
}: Props): { title: string; settings: Setting[] }[] {
  const { t } = useTranslation("admin");
  const formats = useFormats();
  const onOff = (on: boolean) => t(on ? "settings.on" : "settings.off");

  const text = (key: Text, more: object = {}): Setting => {
    const [label, hint] = [t(`settings.${key}`), t(`settings.${key}Hint`)];
    const [from, to] = [base[key], draft[key].trim()];
    return {
      key,
      text: `${label} ${hint}`,
      changes: from === to ? [] : [{ label, from, to }],
      control: (
        <TextField
          className={classes.short}
          label={label}
          description={hint}
          value={draft[key]}
          error={errors[key]}
          onChange={({ currentTarget }) => set({ [key]: currentTarget.value })}
          {...more}
        />
      ),
    };
  };

  const onOrOff = (key: Switch): Setting => {
    const [label, hint] = [t(`settings.${key}`), t(`settings.${key}Hint`)];
    return {
      key,
      text: `${label} ${hint}`,
      changes: base[key] === draft[key] ? [] : [{ label, from: onOff(base[key]), to: onOff(draft[key]) }],
      control: (
        <Checkbox
          classNames={{ label: classes.label, description: classes.hint }}
          label={label}
          description={hint}
          checked={draft[key]}
          onChange={({ currentTarget }) => set({ [key]: currentTarget.checked })}
        />
      ),
    };
  };

  const names = (fields: readonly string[]) =>
    fields.length === 0
      ? t("settings.nothing")
      : formats.list(profileFields.filter((f) => fields.includes(f)).map((f) => t(`settings.profile.${f}`)));
  const locked: Setting = {
    key: "lockedProfile",
    text: `${t("settings.lockedProfile")} ${t("settings.lockedProfileHint")} ${names(profileFields)}`,
    changes:
      names(base.lockedProfile) === names(draft.lockedProfile)
        ? []
        : [{ label: t("settings.lockedProfile"), from: names(base.lockedProfile), to: names(draft.lockedProfile) }],
    control: (
      <Several label={t("settings.lockedProfile")} hint={t("settings.lockedProfileHint")} error={errors.lockedProfile}>
        {profileFields.map((field) => (
          <Checkbox
            key={field}
            label={t(`settings.profile.${field}`)}
            checked={draft.lockedProfile.includes(field)}
            onChange={({ currentTarget }) =>
              set({
                lockedProfile: profileFields.filter((one) =>
                  one === field ? currentTarget.checked : draft.lockedProfile.includes(one),
                ),
              })
            }
          />
        ))}
      </Several>
    ),
  };

  const byRole: Setting = {
    key: "roles",
    text: `${t("settings.roles")} ${t("settings.rolesHint")} ${roles.map(({ name }) => name).join(" ")}`,
    changes: roles.flatMap(({ id, name }) => {
      const [from, to] = [base.roles[id] ?? false, draft.roles[id] ?? false];
      return from === to ? [] : [{ label: t("settings.roleNeeds", { role: name }), from: onOff(from), to: onOff(to) }];
    }),
    control: (
      <Several label={t("settings.roles")} hint={t("settings.rolesHint")}>
        {roles.map(({ id, name }) => (
          <Checkbox
            key={id}
            label={name}
            checked={draft.roles[id] ?? false}
            onChange={({ currentTarget }) => set({ roles: { ...draft.roles, [id]: currentTarget.checked } })}
          />
        ))}
      </Several>
    ),
  };

  const providerName = useProviderName();
  const provider: Setting = {
    key: "provider",
    text: `${t("settings.provider")} ${t("settings.providerHint")} ${providers.map(({ name }) => providerName(name)).join(" ")}`,
    changes:
      base.provider === draft.provider
        ? []
        : [{ label: t("settings.provider"), from: providerName(base.provider), to: providerName(draft.provider) }],
    control: (
      <ProviderChoice
        value={draft.provider}
        changed={base.provider !== draft.provider}
        providers={providers}
        error={errors.provider}
        onChange={(provider) => set({ provider })}
      />
    ),
  };

  return [
    { title: t("settings.general"), settings: [text("company", { maxLength: 100 })] },
    {
      title: t("settings.customers"),
      settings: [
        onOrOff("registration"),
        onOrOff("disableClientUserManagement"),
        onOrOff("strictInvitations"),
        text("invitationDays", { inputMode: "numeric" }),
        locked,
      ],
    },
    {
      title: t("settings.twoFactor"),
      settings: [
        onOrOff("staff"),
        onOrOff("owners"),
        onOrOff("everyone"),
        ...(roles.length > 0 ? [byRole] : []),
        text("graceDays", { inputMode: "numeric" }),
        onOrOff("trustedDevices"),
      ],
    },
    {
      title: t("settings.api"),
      settings: [text("apiPoints", { inputMode: "numeric" }), text("apiMinutes", { inputMode: "numeric" })],
    },
    {
      title: t("verification.title"),
      settings: [
        onOrOff("identityOn"),
        provider,
        text("approvalDays", { inputMode: "numeric" }),
        text("tries", { inputMode: "numeric" }),
        onOrOff("secondReviewer"),
        text("keepDays", { inputMode: "numeric" }),
      ],
    },
  ];
}

/** Boxes that belong together, under one name. */
function Several({
  label,
  hint,
  error,
  children,
}: {
  label: string;
  hint: string;
  error?: string;
  children: ReactNode;
}) {
  return (
    <fieldset className={classes.several}>
      <legend>{label}</legend>
      <p className={classes.hint}>{hint}</p>
      {children}
      {error && <p className={classes.error}>{error}</p>}
    </fieldset>
  );
}
