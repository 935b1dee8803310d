import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { faultText } from "../../lib/api/faultText";
import { useAct } from "../../lib/api/useAct";
import { useFragmentToken } from "../../lib/fragmentToken";
import { NewPasswordField, useNewPasswordFault } from "../../lib/password/NewPasswordField";
import { useSession } from "../../lib/session/useSession";
import { TextField } from "../../ui/Field";
import { Form } from "../../ui/Form";
import { useFields } from "../../ui/useFields";
import { DoorCard } from "./DoorCard";
import { LinkDone } from "./LinkDone";
import { LinkOver } from "./LinkOver";

const SetUpDocument = graphql(`
  mutation SetUp($input: SetUpInput!) {
    setUp(input: $input) {
      user {
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

/** Behind the link that a fresh server prints: makes the first administrator. */
export function SetUpPage() {
  const { t } = useTranslation("client");
  const token = useFragmentToken("/set-up");
  const [ended, setEnded] = useState<"done" | "over">();
  if (ended === "done") return <LinkDone title={t("setUp.done")} text={t("setUp.doneText")} />;
  if (!token || ended === "over") return <LinkOver text={t("setUp.over")} />;
  return <SetUpForm key={token} token={token} onEnd={setEnded} />;
}

function SetUpForm({ token, onEnd }: { token: string; onEnd: (how: "done" | "over") => void }) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const { passwordMinLength } = useSession().installation;
  const passwordFault = useNewPasswordFault();
  const [setUp, busy] = useAct(SetUpDocument, { quiet: true });
  const [refused, setRefused] = useState<string>();
  const fields = useFields({ firstName: "", lastName: "", email: "", password: "" });

  const submit = async () => {
    setRefused(undefined);
    const { values } = fields;
    const filled = fields.check({
      firstName: !values.firstName.trim() && c("userError.REQUIRED"),
      email: !values.email.trim() && c("userError.email.REQUIRED"),
      password: passwordFault(values.password, passwordMinLength),
    });
    if (!filled) return;
    const outcome = await setUp({ input: { token, ...values } });
    if (outcome.ok) return onEnd("done");
    if (outcome.fault) return setRefused(faultText(c, outcome.fault));
    if (outcome.userErrors.some(({ field }) => field?.at(-1) === "token")) return onEnd("over");
    fields.refuse(outcome.userErrors);
  };

  return (
    <DoorCard title={t("setUp.title")} lead={t("setUp.lead")}>
      <Form onSubmit={submit} problems={refused ? [refused] : fields.problems} answer={fields.answer}>
        <TextField
          {...fields.input("firstName")}
          label={t("setUp.firstName")}
          autoComplete="given-name"
          maxLength={100}
          autoFocus
        />
        <TextField
          {...fields.input("lastName")}
          label={t("setUp.lastName")}
          autoComplete="family-name"
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
          least={passwordMinLength}
          about={[`${fields.values.firstName} ${fields.values.lastName}`, fields.values.email]}
        />
        <Button type="submit" fullWidth loading={busy}>
          {t("setUp.submit")}
        </Button>
      </Form>
    </DoorCard>
  );
}
