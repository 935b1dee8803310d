import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { useAct } from "../../lib/api/useAct";
import { SelectField, TextField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { toastGood } from "../../ui/toast";
import { useFields } from "../../ui/useFields";

const SetSecurityQuestionDocument = graphql(`
  mutation SetSecurityQuestion($input: SetSecurityQuestionInput!, $language: String) {
    setSecurityQuestion(input: $input) {
      user {
        id
        securityQuestionSet
        securityQuestionSince
        securityQuestion {
          id
          text(language: $language)
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

interface Question {
  id: string;
  text: string;
}

interface Props {
  /** What there is to choose among; not empty. */
  offered: readonly Question[];
  chosen?: Question;
  onClose: () => void;
}

/** Chooses a question and an answer; whoever has a pair gives the answer that holds until now. */
export function SetQuestionDialog({ offered, chosen, onClose }: Props) {
  const { t, i18n } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const [set, busy] = useAct(SetSecurityQuestionDocument);
  const fields = useFields({
    questionId: (offered.find(({ id }) => id === chosen?.id) ?? offered[0])?.id ?? "",
    answer: "",
    currentAnswer: "",
  });

  const submit = async () => {
    const { questionId, answer, currentAnswer } = fields.values;
    const filled = fields.check({
      answer: !answer.trim() && c("userError.newAnswer.REQUIRED"),
      currentAnswer: Boolean(chosen) && !currentAnswer.trim() && c("userError.currentAnswer.REQUIRED"),
    });
    if (!filled) return;
    const outcome = await set({
      input: { questionId, answer, currentAnswer: chosen ? currentAnswer : null },
      language: i18n.resolvedLanguage,
    });
    if (!outcome.ok) return fields.refuse(outcome.userErrors);
    toastGood(t("question.saved"));
    onClose();
  };

  return (
    <FormDialog
      opened
      onClose={onClose}
      onSubmit={submit}
      title={t(chosen ? "question.changeTitle" : "question.chooseTitle")}
      submit={t("question.save")}
      busy={busy}
      problems={fields.problems}
      answer={fields.answer}
    >
      {chosen && (
        <TextField
          {...fields.input("currentAnswer")}
          label={t("question.current")}
          description={chosen.text}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          data-autofocus
        />
      )}
      <SelectField
        {...fields.input("questionId")}
        label={t("question.label")}
        data={offered.map(({ id, text }) => ({ value: id, label: text }))}
        data-autofocus={chosen ? undefined : true}
      />
      <TextField
        {...fields.input("answer")}
        label={t("question.answer")}
        description={t("question.answerHint")}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={128}
      />
    </FormDialog>
  );
}
