import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import { faultText } from "../../lib/api/faultText";
import { useAct } from "../../lib/api/useAct";
import { useSession } from "../../lib/session/useSession";
import { Badge } from "../../ui/Badge";
import { Banner } from "../../ui/Banner";
import { PasswordField, TextField } from "../../ui/Field";
import { Form } from "../../ui/Form";
import { Ltr } from "../../ui/Ltr";
import { Section } from "../../ui/Section";
import { useFields } from "../../ui/useFields";

const EmailSectionFragment = graphql(`
  fragment EmailSection_user on User {
    id
    email
    emailVerified
  }
`);

const ProveItDocument = graphql(`
  mutation ProveIt($input: ConfirmIdentityInput!) {
    confirmIdentity(input: $input) {
      sudoUntil
      userErrors {
        field
        code
        message
      }
    }
  }
`);

const ChangeEmailDocument = graphql(`
  mutation ChangeEmail($input: ChangeEmailInput!) {
    changeEmail(input: $input) {
      done
      userErrors {
        field
        code
        message
      }
    }
  }
`);

/** The address, and the way to another one: password here, then the link in the new mailbox. */
export function EmailSection({ user: masked }: { user: FragmentType<typeof EmailSectionFragment> }) {
  const { t } = useTranslation("client");
  const { installation } = useSession();
  const { email, emailVerified } = readFragment(EmailSectionFragment, masked);
  return (
    <Section title={t("profile.email")} lead={t("profile.emailLead")}>
      <p style={{ marginBlockStart: 0, overflowWrap: "anywhere" }}>
        <Ltr>{email}</Ltr>{" "}
        {emailVerified ? (
          <Badge tone="good">{t("account.verified")}</Badge>
        ) : (
          <Badge tone="warn">{t("account.unverified")}</Badge>
        )}
      </p>
      {installation.lockedProfile.includes("email") ? (
        <p style={{ marginBlockEnd: 0, color: "var(--text-soft)" }}>{t("profile.locked")}</p>
      ) : (
        <ChangeForm />
      )}
    </Section>
  );
}

function ChangeForm() {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const [prove, proving] = useAct(ProveItDocument, { quiet: true });
  const [change, changing] = useAct(ChangeEmailDocument, { quiet: true });
  const [sentTo, setSentTo] = useState<string>();
  const [refused, setRefused] = useState<string>();
  const fields = useFields({ newEmail: "", password: "" });

  const submit = async () => {
    setRefused(undefined);
    setSentTo(undefined);
    const newEmail = fields.values.newEmail.trim();
    const { password } = fields.values;
    if (!fields.check({ newEmail: !newEmail && c("userError.newEmail.REQUIRED") })) return;
    // The password is at hand: a dialog that asks for it again would only be in the way. Where a second factor is
    // needed too, the dialog asks.
    const outcome = password ? await prove({ input: { password } }) : { ok: true as const };
    const done = outcome.ok ? await change({ input: { newEmail, password: password || null } }) : outcome;
    if (done.ok) {
      fields.reset({ newEmail: "", password: "" });
      return setSentTo(newEmail);
    }
    if (done.fault) {
      if (done.fault.code !== "SUDO_REQUIRED") setRefused(faultText(c, done.fault));
      return;
    }
    fields.refuse(done.userErrors);
  };

  return (
    <Form onSubmit={submit} problems={refused ? [refused] : fields.problems} answer={fields.answer}>
      {sentTo && (
        <Banner tone="good" urgent>
          {t("profile.sent", { email: sentTo })}
        </Banner>
      )}
      <TextField
        {...fields.input("newEmail")}
        label={t("profile.newEmail")}
        description={t("profile.emailHint")}
        type="email"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
      />
      <PasswordField {...fields.input("password")} label={t("profile.password")} autoComplete="current-password" />
      <div>
        <Button type="submit" loading={proving || changing}>
          {t("profile.changeEmail")}
        </Button>
      </div>
    </Form>
  );
}
