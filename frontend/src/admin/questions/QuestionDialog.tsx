import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { useAct } from "../../lib/api/useAct";
import { useFormats } from "../../lib/format";
import { useSession } from "../../lib/session/useSession";
import { Banner } from "../../ui/Banner";
import { TextField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { toastGood } from "../../ui/toast";
import { useFields } from "../../ui/useFields";
import { useLanguageName } from "../languageName";
import type { Question } from "./QuestionsPage";

const CreateDocument = graphql(`
  mutation CreateSecurityQuestion($input: CreateSecurityQuestionInput!) {
    createSecurityQuestion(input: $input) {
      question {
        id
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

const UpdateDocument = graphql(`
  mutation UpdateSecurityQuestion($input: UpdateSecurityQuestionInput!) {
    updateSecurityQuestion(input: $input) {
      question {
        id
        texts {
          language
          text
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

interface Props {
  /** Absent: a new one. */
  question?: Question;
  onSaved: () => void;
  onClose: () => void;
}

/** The texts of a question, a field for each language. English is needed, for it stands in for the others. */
export function QuestionDialog({ question, onSaved, onClose }: Props) {
  const { t } = useTranslation("admin");
  const { installation } = useSession();
  const formats = useFormats();
  const languageName = useLanguageName();
  const [create, creating] = useAct(CreateDocument);
  const [update, updating] = useAct(UpdateDocument);
  const fields = useFields<Record<string, string>>(
    Object.fromEntries(
      installation.languages.map((tag) => [tag, question?.texts?.find(({ language }) => language === tag)?.text ?? ""]),
    ),
  );
  const uses = question?.uses ?? 0;

  const submit = async () => {
    if (!fields.check({ en: !fields.values.en?.trim() && t("questions.textNeeded") })) return;
    const texts = installation.languages.map((language) => ({ language, text: fields.values[language] ?? "" }));
    const outcome = question
      ? await update({ input: { questionId: question.id, texts } })
      : await create({ input: { texts } });
    if (!outcome.ok) return fields.refuse(outcome.userErrors);
    toastGood(t("questions.saved"));
    onSaved();
    onClose();
  };

  return (
    <FormDialog
      opened
      onClose={onClose}
      onSubmit={submit}
      title={t(question ? "questions.editTitle" : "questions.addTitle")}
      submit={t(question ? "questions.save" : "questions.addSubmit")}
      busy={creating || updating}
      problems={fields.problems}
      answer={fields.answer}
    >
      {uses > 0 && (
        <Banner tone="warn">
          <p>{t("questions.editUsed", { count: uses, number: formats.number(uses) })}</p>
        </Banner>
      )}
      {installation.languages.map((tag, i) => (
        <TextField
          key={tag}
          {...fields.input(tag)}
          label={languageName(tag)}
          lang={tag}
          dir="auto"
          maxLength={200}
          optional={tag !== "en"}
          data-autofocus={i === 0 ? true : undefined}
        />
      ))}
    </FormDialog>
  );
}
