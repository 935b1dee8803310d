import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { fieldErrors } from "../../lib/api/fieldErrors";
import { useAct } from "../../lib/api/useAct";
import { useFormats } from "../../lib/format";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { toastGood } from "../../ui/toast";
import type { Question } from "./QuestionsPage";

const DeleteDocument = graphql(`
  mutation DeleteSecurityQuestion($input: DeleteSecurityQuestionInput!) {
    deleteSecurityQuestion(input: $input) {
      deletedId
      question {
        id
        uses
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

/** Deletes a question that nobody has. Of one in use it says how many users have it, as the API counts them now. */
export function DeleteDialog({
  question,
  onChanged,
  onClose,
}: {
  question: Question;
  onChanged: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const formats = useFormats();
  const [remove, busy] = useAct(DeleteDocument);
  const [problems, setProblems] = useState<readonly string[]>([]);
  const confirm = async () => {
    const outcome = await remove({ input: { questionId: question.id } });
    onChanged();
    if (outcome.ok) {
      toastGood(t("questions.deleted"));
      return onClose();
    }
    const uses = outcome.payload?.question?.uses;
    if (uses) return setProblems([t("questions.inUse", { count: uses, number: formats.number(uses) })]);
    setProblems(fieldErrors(c, outcome.userErrors, []).rest);
  };
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      onConfirm={confirm}
      title={t("questions.deleteTitle")}
      text={t("questions.deleteText", { question: question.text })}
      confirm={t("questions.deleteSubmit")}
      danger
      busy={busy}
      problems={problems}
    />
  );
}
