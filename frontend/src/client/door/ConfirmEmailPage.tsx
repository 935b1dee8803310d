import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import { faultText } from "../../lib/api/faultText";
import { useAct } from "../../lib/api/useAct";
import { useFragmentToken } from "../../lib/fragmentToken";
import { Form } from "../../ui/Form";
import { DoorCard } from "./DoorCard";
import classes from "./DoorCard.module.css";
import { LinkDone } from "./LinkDone";
import { LinkOver } from "./LinkOver";
import { LinkPending } from "./LinkPending";
import { SignInFirst } from "./SignInFirst";

const EmailChangePreviewDocument = graphql(`
  query EmailChangePreview($token: String!) {
    emailChangeByToken(token: $token) {
      newEmail
      own
    }
  }
`);

const ConfirmEmailChangeDocument = graphql(`
  mutation ConfirmEmailChange($input: ConfirmEmailChangeInput!) {
    confirmEmailChange(input: $input) {
      user {
        id
        email
        emailVerified
        version
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

/** Behind the link that went to a new address: says what will happen, and lets its user do it, signed in. */
export function ConfirmEmailPage() {
  const { t } = useTranslation("client");
  const token = useFragmentToken("/confirm-email");
  return token ? <WithToken key={token} token={token} /> : <LinkOver text={t("confirmEmail.over")} />;
}

function WithToken({ token }: { token: string }) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const [{ data, error, fetching }, again] = useQuery({
    query: EmailChangePreviewDocument,
    variables: { token },
    requestPolicy: "network-only",
  });
  const [confirm, busy] = useAct(ConfirmEmailChangeDocument, { quiet: true });
  const [ended, setEnded] = useState<"done" | "taken" | "over">();
  const [refused, setRefused] = useState<string>();

  const submit = async () => {
    setRefused(undefined);
    const outcome = await confirm({ input: { token } });
    if (outcome.ok) setEnded("done");
    else if (outcome.fault) setRefused(faultText(c, outcome.fault));
    else setEnded(outcome.userErrors.some(({ code }) => code === "TAKEN") ? "taken" : "over");
  };

  const preview = data?.emailChangeByToken;
  if (ended === "taken") return <LinkOver text={t("confirmEmail.taken")} />;
  if (ended === "done" && preview)
    return <LinkDone title={t("confirmEmail.done")} text={t("confirmEmail.doneText", { email: preview.newEmail })} />;
  if (error || (fetching && !preview))
    return <LinkPending title={t("confirmEmail.title")} error={error} onRetry={again} />;
  if (ended === "over" || !preview) return <LinkOver text={t("confirmEmail.over")} />;
  const email = preview.newEmail;
  if (!preview.own)
    return (
      <DoorCard title={t("confirmEmail.title")} lead={t("confirmEmail.signInLead", { email })}>
        <SignInFirst path="/confirm-email" />
      </DoorCard>
    );
  return (
    <DoorCard title={t("confirmEmail.title")} lead={t("confirmEmail.lead", { email })}>
      <ul className={classes.happens}>
        <li>{t("confirmEmail.ends")}</li>
        <li>{t("confirmEmail.told")}</li>
      </ul>
      <Form onSubmit={submit} problems={refused ? [refused] : []}>
        <Button type="submit" fullWidth loading={busy}>
          {t("confirmEmail.submit")}
        </Button>
      </Form>
    </DoorCard>
  );
}
