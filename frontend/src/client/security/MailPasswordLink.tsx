import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { faultText } from "../../lib/api/faultText";
import { useAct } from "../../lib/api/useAct";
import { Banner } from "../../ui/Banner";

const MailPasswordLinkDocument = graphql(`
  mutation MailPasswordLink($input: RequestPasswordResetInput!) {
    requestPasswordReset(input: $input) {
      userErrors {
        field
        code
        message
      }
    }
  }
`);

/** The way to a first password for who could prove who they are by nothing but one: through the own mailbox. */
export function MailPasswordLink({ email }: { email: string }) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const [request, busy] = useAct(MailPasswordLinkDocument, { quiet: true });
  const [answer, setAnswer] = useState<{ tone: "good" | "bad"; text: string }>();
  const mail = async () => {
    setAnswer(undefined);
    const outcome = await request({ input: { email } });
    if (outcome.ok) return setAnswer({ tone: "good", text: t("password.mailed", { email }) });
    const text = outcome.fault
      ? faultText(c, outcome.fault)
      : c(`userError.${outcome.userErrors[0]?.code ?? "INVALID"}`);
    setAnswer({ tone: "bad", text });
  };
  return (
    <>
      <p style={{ marginBlock: "0 0.75rem", color: "var(--text-soft)", overflowWrap: "anywhere" }}>
        {t("password.mailText", { email })}
      </p>
      {answer && (
        <Banner tone={answer.tone} urgent>
          {answer.text}
        </Banner>
      )}
      {answer?.tone !== "good" && (
        <Button variant="default" size="xs" onClick={mail} loading={busy}>
          {t("password.mail")}
        </Button>
      )}
    </>
  );
}
