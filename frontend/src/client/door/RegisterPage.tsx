import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import { faultText } from "../../lib/api/faultText";
import { useAct } from "../../lib/api/useAct";
import { NewPasswordField, useNewPasswordFault } from "../../lib/password/NewPasswordField";
import { useSession } from "../../lib/session/useSession";
import { SelectField, TextField } from "../../ui/Field";
import { Form } from "../../ui/Form";
import { useFields } from "../../ui/useFields";
import { DoorCard } from "./DoorCard";
import { LinkPending } from "./LinkPending";

const RegisterQuestionsDocument = graphql(`
  query RegisterQuestions($language: String!) {
    securityQuestions {
      id
      text(language: $language)
    }
  }
`);

const RegisterDocument = graphql(`
  mutation Register($input: RegisterInput!) {
    register(input: $input) {
      done
      userErrors {
        field
        code
        message
      }
    }
  }
`);

/** A visitor makes a user and an account. What it says afterwards is the same for every address. */
export function RegisterPage() {
  const { t, i18n } = useTranslation("client");
  const { registrationOpen } = useSession().installation;
  const [sentTo, setSentTo] = useState<string>();
  const [{ data, error }, again] = useQuery({
    query: RegisterQuestionsDocument,
    variables: { language: i18n.resolvedLanguage ?? "en" },
    pause: !registrationOpen,
  });
  const back = <Link to="/sign-in">{t("forgot.back")}</Link>;
  if (!registrationOpen) return <DoorCard title={t("register.closed")} lead={t("register.closedText")} foot={back} />;
  if (sentTo)
    return (
      <DoorCard
        key="sent"
        title={t("register.sent")}
        lead={t("register.sentText", { email: sentTo })}
        foot={back}
        arrived
      />
    );
  if (!data) return <LinkPending title={t("register.title")} error={error} onRetry={again} />;
  return (
    <DoorCard title={t("register.title")} lead={t("register.lead")} foot={back}>
      <RegisterForm questions={data.securityQuestions} onDone={setSentTo} />
    </DoorCard>
  );
}

interface Props {
  questions: readonly { id: string; text: string }[];
  onDone: (email: string) => void;
}

function RegisterForm({ questions, onDone }: Props) {
  const { t, i18n } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const { passwordMinLength, languages } = useSession().installation;
  const passwordFault = useNewPasswordFault();
  const [register, busy] = useAct(RegisterDocument, { quiet: true });
  const [refused, setRefused] = useState<string>();
  const fields = useFields({
    firstName: "",
    lastName: "",
    accountName: "",
    email: "",
    password: "",
    questionId: "",
    answer: "",
  });
  const { values } = fields;
  const asked = questions.length > 0;
  const language = i18n.resolvedLanguage;

  const submit = async () => {
    setRefused(undefined);
    const email = values.email.trim();
    const filled = fields.check({
      firstName: !values.firstName.trim() && c("userError.REQUIRED"),
      email: !email && c("userError.email.REQUIRED"),
      password: passwordFault(values.password, passwordMinLength),
      questionId: asked && !values.questionId && c("userError.questionId.REQUIRED"),
      answer: asked && !values.answer.trim() && c("userError.answer.REQUIRED"),
    });
    if (!filled) return;
    const { questionId, answer, ...person } = values;
    const outcome = await register({
      input: {
        ...person,
        email,
        language: language && languages.includes(language) ? language : null,
        ...(asked && { questionId, answer }),
      },
    });
    if (outcome.ok) return onDone(email);
    if (outcome.fault) return setRefused(faultText(c, outcome.fault));
    fields.refuse(outcome.userErrors);
  };

  return (
    <Form onSubmit={submit} problems={refused ? [refused] : fields.problems} answer={fields.answer}>
      <TextField
        {...fields.input("firstName")}
        label={t("register.firstName")}
        autoComplete="given-name"
        maxLength={100}
        autoFocus
      />
      <TextField
        {...fields.input("lastName")}
        label={t("register.lastName")}
        autoComplete="family-name"
        maxLength={100}
        optional
      />
      <TextField
        {...fields.input("accountName")}
        label={t("register.accountName")}
        description={t("register.accountHint")}
        autoComplete="organization"
        maxLength={100}
        optional
      />
      <TextField
        {...fields.input("email")}
        label={c("field.email")}
        type="email"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
      />
      <NewPasswordField
        {...fields.input("password")}
        label={c("field.password")}
        least={passwordMinLength}
        about={[`${values.firstName} ${values.lastName}`, values.accountName, values.email]}
      />
      {asked && (
        <>
          <SelectField
            {...fields.input("questionId")}
            label={t("register.question")}
            data={[
              { value: "", label: t("register.chooseQuestion") },
              ...questions.map(({ id, text }) => ({ value: id, label: text })),
            ]}
          />
          <TextField
            {...fields.input("answer")}
            label={t("register.answer")}
            description={t("register.answerHint")}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
        </>
      )}
      <Button type="submit" fullWidth loading={busy}>
        {t("register.submit")}
      </Button>
    </Form>
  );
}
