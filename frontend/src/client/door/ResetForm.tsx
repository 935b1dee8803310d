import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { faultText } from "../../lib/api/faultText";
import { useAct } from "../../lib/api/useAct";
import { NewPasswordField, useNewPasswordFault } from "../../lib/password/NewPasswordField";
import { TextField } from "../../ui/Field";
import { Form } from "../../ui/Form";
import { useFields } from "../../ui/useFields";
import { DoorCard } from "./DoorCard";

const ResetPasswordDocument = graphql(`
  mutation ResetPassword($input: ResetPasswordInput!) {
    resetPassword(input: $input) {
      done
      userErrors {
        field
        code
        message
      }
    }
  }
`);

interface Props {
  token: string;
  preview: { question?: string | null; first: boolean; passwordMinLength: number };
  onEnd: (how: "done" | "over") => void;
}

/** The new password, and the answer to the security question where one is set. */
export function ResetForm({ token, preview: { question, first, passwordMinLength }, onEnd }: Props) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const passwordFault = useNewPasswordFault();
  const [reset, busy] = useAct(ResetPasswordDocument, { quiet: true });
  const [refused, setRefused] = useState<string>();
  const fields = useFields({ answer: "", newPassword: "" });

  const submit = async () => {
    setRefused(undefined);
    const { answer, newPassword } = fields.values;
    const filled = fields.check({
      answer: Boolean(question) && !answer.trim() && c("userError.answer.REQUIRED"),
      newPassword: passwordFault(newPassword, passwordMinLength),
    });
    if (!filled) return;
    const outcome = await reset({ input: { token, newPassword, answer: question ? answer : null } });
    if (outcome.ok) return onEnd("done");
    if (outcome.fault) return setRefused(faultText(c, outcome.fault));
    if (outcome.userErrors.some(({ field }) => field?.at(-1) === "token")) return onEnd("over");
    fields.refuse(outcome.userErrors);
  };

  return (
    <DoorCard title={t(first ? "reset.firstTitle" : "reset.title")} lead={t(first ? "reset.firstLead" : "reset.lead")}>
      <Form onSubmit={submit} problems={refused ? [refused] : fields.problems} answer={fields.answer}>
        {question && (
          <TextField
            {...fields.input("answer")}
            label={question}
            description={t("reset.questionHint")}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
        )}
        <NewPasswordField {...fields.input("newPassword")} least={passwordMinLength} />
        <Button type="submit" fullWidth loading={busy}>
          {t("reset.submit")}
        </Button>
      </Form>
    </DoorCard>
  );
}
