import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { useAct } from "../../lib/api/useAct";
import { TextField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { toastGood } from "../../ui/toast";
import { useFields } from "../../ui/useFields";

const RemoveOwnSecurityQuestionDocument = graphql(`
  mutation RemoveOwnSecurityQuestion($input: RemoveOwnSecurityQuestionInput!) {
    removeOwnSecurityQuestion(input: $input) {
      user {
        id
        securityQuestionSet
        securityQuestionSince
        securityQuestion {
          id
        }
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

/** Removes the user's own question; it takes the present answer. */
export function RemoveQuestionDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const [remove, busy] = useAct(RemoveOwnSecurityQuestionDocument);
  const fields = useFields({ currentAnswer: "" });

  const submit = async () => {
    const { currentAnswer } = fields.values;
    if (!fields.check({ currentAnswer: !currentAnswer.trim() && c("userError.currentAnswer.REQUIRED") })) return;
    const outcome = await remove({ input: { currentAnswer } });
    if (!outcome.ok) return fields.refuse(outcome.userErrors);
    toastGood(t("question.removed"));
    onClose();
  };

  return (
    <FormDialog
      opened
      onClose={onClose}
      onSubmit={submit}
      title={t("question.removeTitle")}
      text={t("question.removeText")}
      submit={t("question.removeSubmit")}
      danger
      busy={busy}
      problems={fields.problems}
      answer={fields.answer}
    >
      <TextField
        {...fields.input("currentAnswer")}
        label={t("question.current")}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        data-autofocus
      />
    </FormDialog>
  );
}
