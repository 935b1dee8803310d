import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import { faultOf } from "../../lib/api/fault";
import { useAct } from "../../lib/api/useAct";
import { Banner } from "../../ui/Banner";
import { ErrorState } from "../../ui/ErrorState";
import { TextField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { useFields } from "../../ui/useFields";
import { Waiting } from "../../ui/Waiting";
import classes from "./CheckAnswerDialog.module.css";

const CheckAnswerQuestionDocument = graphql(`
  query CheckAnswerQuestion($user: ID!, $ours: String, $theirs: String) {
    user(id: $user) {
      id
      securityQuestion {
        id
        ours: text(language: $ours)
        theirs: text(language: $theirs)
      }
    }
  }
`);

const CheckSecurityAnswerDocument = graphql(`
  mutation CheckSecurityAnswer($input: CheckSecurityAnswerInput!) {
    checkSecurityAnswer(input: $input) {
      match
      userErrors {
        field
        code
        message
      }
    }
  }
`);

interface Props {
  user: { id: string; name: string; language?: string | null };
  onClose: () => void;
}

/** Checks what a caller says. It tells match or no match; the answer itself nobody sees. */
export function CheckAnswerDialog({ user, onClose }: Props) {
  const { t, i18n } = useTranslation("admin");
  const [check, busy] = useAct(CheckSecurityAnswerDocument);
  const [match, setMatch] = useState<boolean>();
  const fields = useFields({ answer: "" });
  const [{ data, error }, again] = useQuery({
    query: CheckAnswerQuestionDocument,
    variables: { user: user.id, ours: i18n.resolvedLanguage, theirs: user.language },
    requestPolicy: "network-only",
  });
  const question = data?.user?.securityQuestion;

  const submit = async () => {
    setMatch(undefined);
    if (!fields.check({ answer: !fields.values.answer.trim() && t("check.needed") })) return;
    const outcome = await check({ input: { userId: user.id, answer: fields.values.answer } });
    if (!outcome.ok) return fields.refuse(outcome.userErrors);
    fields.reset({ answer: "" });
    setMatch(outcome.payload.match ?? false);
  };

  return (
    <FormDialog
      opened
      onClose={onClose}
      onSubmit={submit}
      title={t("check.title")}
      text={t("check.text", { name: user.name })}
      submit={t("check.submit")}
      done={match !== undefined}
      busy={busy}
      problems={fields.problems}
      answer={fields.answer}
    >
      {question ? (
        <figure className={classes.question}>
          <figcaption>{t("users.question")}</figcaption>
          <p dir="auto">{question.theirs}</p>
          {question.ours !== question.theirs && <p className={classes.ours}>{question.ours}</p>}
        </figure>
      ) : error ? (
        <ErrorState fault={faultOf(error)} onRetry={() => again()} />
      ) : (
        <Waiting />
      )}
      <TextField
        {...fields.input("answer")}
        label={t("check.answer")}
        description={t("check.hint")}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        dir="auto"
        maxLength={128}
        data-autofocus
      />
      {match !== undefined && (
        <Banner tone={match ? "good" : "bad"} urgent>
          <p>
            <strong>{t(match ? "check.match" : "check.noMatch")}</strong>
          </p>
          <p>{t(match ? "check.matchHint" : "check.noMatchHint")}</p>
        </Banner>
      )}
    </FormDialog>
  );
}
