import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { useAct } from "../../lib/api/useAct";
import { useFormats } from "../../lib/format";
import { useSession } from "../../lib/session/useSession";
import { Banner } from "../../ui/Banner";
import { TextField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { Theirs } from "../../ui/Theirs";
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
        version
        texts {
          language
          text
        }
      }
      present {
        id
        version
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

type Texts = Question["texts"];

/**
 * The texts of a question, a field for each language. English is needed, for it stands in for the others. When somebody
 * else was faster, it shows what they left, and it is for the reader to say which is right.
 */
export function QuestionDialog({ question, onSaved, onClose }: Props) {
  const { t } = useTranslation("admin");
  const { installation } = useSession();
  const formats = useFormats();
  const languageName = useLanguageName();
  const [create, creating] = useAct(CreateDocument);
  const [update, updating] = useAct(UpdateDocument);
  const valuesOf = (texts: Texts) =>
    Object.fromEntries(
      installation.languages.map((tag) => [tag, texts?.find(({ language }) => language === tag)?.text ?? ""]),
    );
  const fields = useFields<Record<string, string>>(valuesOf(question?.texts));
  // That of when the dialog opened: what others do meanwhile must not slip in unseen.
  const [version, setVersion] = useState(question?.version);
  const [theirs, setTheirs] = useState<Texts>();
  const uses = question?.uses ?? 0;

  const submit = async () => {
    if (!fields.check({ en: !fields.values.en?.trim() && t("questions.textNeeded") })) return;
    const texts = installation.languages.map((language) => ({ language, text: fields.values[language] ?? "" }));
    const updated = question && (await update({ input: { questionId: question.id, texts, version } }));
    const outcome = updated ?? (await create({ input: { texts } }));
    if (outcome.ok) {
      toastGood(t("questions.saved"));
      onSaved();
      return onClose();
    }
    const present = updated?.payload?.present;
    if (!present) return fields.refuse(outcome.userErrors);
    setVersion(present.version);
    setTheirs(present.texts);
  };

  return (
    <FormDialog
      opened
      onClose={onClose}
      onSubmit={submit}
      title={t(question ? "questions.editTitle" : "questions.addTitle")}
      submit={t(theirs ? "edit.overwrite" : question ? "questions.save" : "questions.addSubmit")}
      busy={creating || updating}
      problems={fields.problems}
      answer={fields.answer}
    >
      {uses > 0 && (
        <Banner tone="warn">
          <p>{t("questions.editUsed", { count: uses, number: formats.number(uses) })}</p>
        </Banner>
      )}
      {theirs && (
        <Theirs
          text={t("questions.conflict")}
          take={t("edit.takeTheirs")}
          onTake={() => {
            fields.reset(valuesOf(theirs));
            setTheirs(undefined);
          }}
        >
          {theirs.map(({ language, text }) => (
            <span key={language} lang={language} dir="auto">
              {text}
            </span>
          ))}
        </Theirs>
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
