import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { faultText } from "../../lib/api/faultText";
import { useAct } from "../../lib/api/useAct";
import { TextField } from "../../ui/Field";
import { Form } from "../../ui/Form";
import { useFields } from "../../ui/useFields";
import { DoorCard } from "./DoorCard";

const RequestPasswordResetDocument = graphql(`
  mutation RequestPasswordReset($input: RequestPasswordResetInput!) {
    requestPasswordReset(input: $input) {
      userErrors {
        field
        code
        message
      }
    }
  }
`);

/** Asks for a reset link. What it says afterwards is the same for every address. */
export function ForgotPasswordPage() {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const [request, busy] = useAct(RequestPasswordResetDocument, { quiet: true });
  const [sentTo, setSentTo] = useState<string>();
  const [refused, setRefused] = useState<string>();
  const fields = useFields({ email: "" });

  const submit = async () => {
    setRefused(undefined);
    const email = fields.values.email.trim();
    if (!fields.check({ email: !email && c("userError.email.REQUIRED") })) return;
    const outcome = await request({ input: { email } });
    if (outcome.ok) return setSentTo(email);
    if (outcome.fault) return setRefused(faultText(c, outcome.fault));
    fields.refuse(outcome.userErrors);
  };

  const back = <Link to="/sign-in">{t("forgot.back")}</Link>;
  if (sentTo)
    return (
      <DoorCard
        key="sent"
        title={t("forgot.sent")}
        lead={t("forgot.sentText", { email: sentTo })}
        foot={back}
        arrived
      />
    );
  return (
    <DoorCard title={t("forgot.title")} lead={t("forgot.lead")} foot={back}>
      <Form onSubmit={submit} problems={refused ? [refused] : fields.problems} answer={fields.answer}>
        <TextField
          {...fields.input("email")}
          label={c("field.email")}
          type="email"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
        />
        <Button type="submit" fullWidth loading={busy}>
          {t("forgot.submit")}
        </Button>
      </Form>
    </DoorCard>
  );
}
