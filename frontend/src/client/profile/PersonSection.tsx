import { Button } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import type { PersonSection_UserFragment } from "../../gen/graphql";
import { useAct } from "../../lib/api/useAct";
import { adoptLanguage, languages } from "../../lib/i18n";
import { useSession } from "../../lib/session/useSession";
import { Banner } from "../../ui/Banner";
import { SelectField, TextField } from "../../ui/Field";
import { Form } from "../../ui/Form";
import { Section } from "../../ui/Section";
import { toastGood } from "../../ui/toast";
import { useFields } from "../../ui/useFields";
import { deviceZone, zonesWith } from "./zones";

const PersonSectionFragment = graphql(`
  fragment PersonSection_user on User {
    id
    version
    firstName
    lastName
    language
    timeZone
  }
`);

const UpdateProfileDocument = graphql(`
  mutation UpdateProfile($input: UpdateProfileInput!) {
    updateProfile(input: $input) {
      user {
        id
        name
        updatedAt
        ...PersonSection_user
      }
      present {
        ...PersonSection_user
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

const valuesOf = ({ firstName, lastName, language, timeZone }: PersonSection_UserFragment) => ({
  firstName,
  lastName,
  language,
  timeZone: timeZone ?? "",
});

/** Name, language and time zone. What settings lock is shown, and can't be changed. */
export function PersonSection({ user: masked }: { user: FragmentType<typeof PersonSectionFragment> }) {
  const { t, i18n } = useTranslation("client");
  const router = useRouter();
  const { installation } = useSession();
  const user = readFragment(PersonSectionFragment, masked);
  const [version, setVersion] = useState(user.version);
  const [changed, setChanged] = useState(false);
  const [update, busy] = useAct(UpdateProfileDocument);
  const fields = useFields(valuesOf(user));

  const submit = async () => {
    setChanged(false);
    const outcome = await update({ input: { version, ...fields.values } });
    const left = outcome.payload?.user ?? outcome.payload?.present;
    const next = left && readFragment(PersonSectionFragment, left);
    if (!next) return fields.refuse(outcome.ok ? [] : outcome.userErrors);
    setVersion(next.version);
    fields.reset(valuesOf(next));
    setChanged(!outcome.ok);
    if (!outcome.ok) return;
    if (next.language !== user.language) await adoptLanguage(next.language);
    await router.invalidate(); // name, language and time zone stand around the page too
    toastGood(i18n.t("client:profile.saved"));
  };

  const lock = (field: string) =>
    installation.lockedProfile.includes(field) && { disabled: true, description: t("profile.locked") };
  const spoken = [...new Set([...installation.languages, fields.values.language])];
  return (
    <Section title={t("profile.person")} lead={t("profile.personLead")}>
      <Form onSubmit={submit} problems={fields.problems} answer={fields.answer}>
        {changed && (
          <Banner tone="warn" urgent>
            {t("profile.conflict")}
          </Banner>
        )}
        <TextField
          {...fields.input("firstName")}
          label={t("profile.firstName")}
          autoComplete="given-name"
          maxLength={100}
          {...lock("firstName")}
        />
        <TextField
          {...fields.input("lastName")}
          label={t("profile.lastName")}
          autoComplete="family-name"
          maxLength={100}
          optional
          {...lock("lastName")}
        />
        <SelectField
          {...fields.input("language")}
          label={t("profile.language")}
          data={spoken.map((value) => ({ value, label: nameOf(value) }))}
          {...lock("language")}
        />
        <SelectField
          {...fields.input("timeZone")}
          label={t("profile.timeZone")}
          data={[
            { value: "", label: t("profile.deviceZone", { zone: deviceZone() }) },
            ...zonesWith(fields.values.timeZone),
          ]}
          {...lock("timeZone")}
        />
        <div>
          <Button type="submit" loading={busy} disabled={!fields.changed}>
            {t("profile.save")}
          </Button>
        </div>
      </Form>
    </Section>
  );
}

/** A language by its own name. */
const nameOf = (tag: string) => (Object.hasOwn(languages, tag) ? languages[tag as keyof typeof languages] : tag);
