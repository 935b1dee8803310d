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

const VerifyPreviewDocument = graphql(`
  query VerifyPreview($token: String!) {
    emailVerificationByToken(token: $token) {
      address
      retires
    }
  }
`);

const VerifyEmailDocument = graphql(`
  mutation VerifyEmail($input: VerifyEmailInput!) {
    verifyEmail(input: $input) {
      done
      retired
      userErrors {
        field
        code
        message
      }
    }
  }
`);

/** Behind the link of a verification mail. Opening it does nothing: scanners of mail open links too. */
export function VerifyEmailPage() {
  const { t } = useTranslation("client");
  const token = useFragmentToken("/verify-email");
  return token ? <WithToken key={token} token={token} /> : <LinkOver text={t("verify.over")} />;
}

function WithToken({ token }: { token: string }) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const [{ data, error, fetching }, again] = useQuery({
    query: VerifyPreviewDocument,
    variables: { token },
    requestPolicy: "network-only",
  });
  const [verify, busy] = useAct(VerifyEmailDocument, { quiet: true });
  const [ended, setEnded] = useState<"done" | "retired" | "over">();
  const [refused, setRefused] = useState<string>();

  const submit = async () => {
    setRefused(undefined);
    const outcome = await verify({ input: { token } });
    if (outcome.ok) setEnded(outcome.payload.retired ? "retired" : "done");
    else if (outcome.fault) setRefused(faultText(c, outcome.fault));
    else setEnded("over");
  };

  if (ended === "done") return <LinkDone title={t("verify.done")} text={t("verify.doneText")} />;
  if (ended === "retired") return <LinkDone title={t("verify.done")} text={t("verify.retiredText")} />;
  const preview = data?.emailVerificationByToken;
  if (error || (fetching && !preview)) return <LinkPending title={t("verify.title")} error={error} onRetry={again} />;
  if (ended === "over" || !preview) return <LinkOver text={t("verify.over")} />;
  if (!preview.retires)
    return (
      <DoorCard title={t("verify.title")} lead={t("verify.lead")}>
        <Form onSubmit={submit} problems={refused ? [refused] : []}>
          <Button type="submit" fullWidth loading={busy}>
            {t("verify.submit")}
          </Button>
        </Form>
      </DoorCard>
    );
  return (
    <DoorCard title={t("verify.title")} lead={t("verify.signInLead", { email: preview.address })}>
      <SignInFirst path="/verify-email" />
      <div className={classes.otherwise}>
        <h2>{t("verify.strangeTitle")}</h2>
        <p>{t("verify.strangeText")}</p>
        <Form onSubmit={submit} problems={refused ? [refused] : []}>
          <Button type="submit" variant="default" fullWidth loading={busy}>
            {t("verify.strangeSubmit")}
          </Button>
        </Form>
      </div>
    </DoorCard>
  );
}
