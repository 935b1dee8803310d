import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { faultText } from "../../lib/api/faultText";
import { useAct } from "../../lib/api/useAct";
import { useFragmentToken } from "../../lib/fragmentToken";
import { Form } from "../../ui/Form";
import { DoorCard } from "./DoorCard";
import { LinkDone } from "./LinkDone";
import { LinkOver } from "./LinkOver";

const VerifyEmailDocument = graphql(`
  mutation VerifyEmail($input: VerifyEmailInput!) {
    verifyEmail(input: $input) {
      done
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
  const [verify, busy] = useAct(VerifyEmailDocument, { quiet: true });
  const [ended, setEnded] = useState<"done" | "over">();
  const [refused, setRefused] = useState<string>();

  const submit = async () => {
    setRefused(undefined);
    const outcome = await verify({ input: { token } });
    if (outcome.ok) setEnded("done");
    else if (outcome.fault) setRefused(faultText(c, outcome.fault));
    else setEnded("over");
  };

  if (ended === "done") return <LinkDone title={t("verify.done")} text={t("verify.doneText")} />;
  if (ended === "over") return <LinkOver text={t("verify.over")} />;
  return (
    <DoorCard title={t("verify.title")} lead={t("verify.lead")}>
      <Form onSubmit={submit} problems={refused ? [refused] : []}>
        <Button type="submit" fullWidth loading={busy}>
          {t("verify.submit")}
        </Button>
      </Form>
    </DoorCard>
  );
}
