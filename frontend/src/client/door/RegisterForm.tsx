import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { faultText } from "../../lib/api/faultText";
import { useAct } from "../../lib/api/useAct";
import { NewPasswordField, useNewPasswordFault } from "../../lib/password/NewPasswordField";
import { useSession } from "../../lib/session/useSession";
import { SelectField, TextField } from "../../ui/Field";
import { Form } from "../../ui/Form";
import { useFields } from "../../ui/useFields";

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

interface Props {
  questions: readonly { id: string; text: string }[];
  /** The link that was followed here, and the address that it went to: no account is made then. */
  invitation?: { token: string; email: string };
  onDone: (who: { email: string; password: string }) => void;
}

/** What a visitor says of themselves to become a user. */
export function RegisterForm({ questions, invitation, onDone }: Props) {
  const { t, i18n } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const { passwordMinLength, languages, registrationOpen } = useSession().installation;
  const passwordFault = useNewPasswordFault();
  const [register, busy] = useAct(RegisterDocument, { quiet: true });
  const [refused, setRefused] = useState<string>();
  const fields = useFields({
    firstName: "",
    lastName: "",
    accountName: "",
    email: invitation?.email ?? "",
    password: "",
    questionId: "",
    answer: "",
  });
  const { values } = fields;
  // An invitation opens a closed registration for the address that was invited.
  const bound = Boolean(invitation) && !registrationOpen;
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
    const { questionId, answer, accountName, ...person } = values;
    const outcome = await register({
      input: {
        ...person,
        email,
        language: language && languages.includes(language) ? language : null,
        ...(asked && { questionId, answer }),
        ...(invitation ? { invitationToken: invitation.token } : { accountName }),
      },
    });
    if (outcome.ok) return onDone({ email, password: values.password });
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
      {!invitation && (
        <TextField
          {...fields.input("accountName")}
          label={t("register.accountName")}
          description={t("register.accountHint")}
          autoComplete="organization"
          maxLength={100}
          optional
        />
      )}
      <TextField
        {...fields.input("email")}
        label={c("field.email")}
        description={bound ? t("register.invitedOnly") : undefined}
        readOnly={bound}
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
