import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { ChangePasswordMutation } from "../../gen/graphql";
import { faultText } from "../../lib/api/faultText";
import { type Outcome, useAct } from "../../lib/api/useAct";
import { NewPasswordField, useNewPasswordFault } from "../../lib/password/NewPasswordField";
import { PasswordField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { toastGood } from "../../ui/toast";
import { useFields } from "../../ui/useFields";
import { type Refusal, useProofByPassword } from "./useProofByPassword";

const ChangePasswordDocument = graphql(`
  mutation ChangePassword($input: ChangePasswordInput!) {
    changePassword(input: $input) {
      password {
        setAt
        minLength
      }
      endedSessions
      userErrors {
        field
        code
        message
      }
    }
  }
`);

interface Props {
  user: { name: string; email: string };
  /** How many characters the new one needs. */
  least: number;
  /** There is none yet. */
  first: boolean;
  /** More than the password is needed to prove who is here. */
  secondFactor: boolean;
  onDone: () => void;
  onClose: () => void;
}

/** Replaces the password that holds until now, or sets the first one. */
export function ChangePasswordDialog({ user, least, first, secondFactor, onDone, onClose }: Props) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const passwordFault = useNewPasswordFault();
  const [prove, proving] = useProofByPassword();
  const [change, changing] = useAct(ChangePasswordDocument, { quiet: true });
  const [refused, setRefused] = useState<string>();
  const fields = useFields({ currentPassword: "", newPassword: "" });

  const filled = () => {
    const { currentPassword, newPassword } = fields.values;
    return fields.check({
      currentPassword: !first && !currentPassword && c("userError.currentPassword.REQUIRED"),
      newPassword:
        passwordFault(newPassword, least) ||
        (newPassword === currentPassword && c("userError.newPassword.NOT_ALLOWED")),
    });
  };
  const act = async (): Promise<Outcome<ChangePasswordMutation> | Refusal> => {
    const { currentPassword, newPassword } = fields.values;
    // The password is at hand: a dialog that asks for it again would only be in the way. Who has to give more is asked.
    const refusal = first || secondFactor ? undefined : await prove(currentPassword);
    return refusal ?? change({ input: { currentPassword: first ? null : currentPassword, newPassword } });
  };
  const submit = async () => {
    setRefused(undefined);
    if (!filled()) return;
    const outcome = await act();
    if (outcome.ok) {
      toastGood(doneText(outcome.payload.endedSessions ?? 0));
      return onDone();
    }
    if (!outcome.fault) return fields.refuse(outcome.userErrors);
    // Closing the dialog that asks for the proof is an answer.
    if (outcome.fault.code !== "SUDO_REQUIRED") setRefused(faultText(c, outcome.fault));
  };
  const doneText = (count: number) => {
    if (first) return t("password.isSet");
    return count > 0 ? t("password.changedAnd", { count }) : t("password.changed");
  };

  return (
    <FormDialog
      opened
      onClose={onClose}
      onSubmit={submit}
      title={t(first ? "password.setTitle" : "password.changeTitle")}
      text={t(first ? "password.setText" : "password.text")}
      submit={t(first ? "password.setSubmit" : "password.submit")}
      busy={proving || changing}
      problems={refused ? [refused] : fields.problems}
      answer={fields.answer}
    >
      {/* Tells password managers whose password this is. */}
      <input type="text" name="username" autoComplete="username" value={user.email} readOnly hidden />
      {!first && (
        <PasswordField
          {...fields.input("currentPassword")}
          label={t("password.current")}
          autoComplete="current-password"
          data-autofocus
        />
      )}
      <NewPasswordField
        {...fields.input("newPassword")}
        least={least}
        about={[user.name, user.email]}
        data-autofocus={first || undefined}
      />
    </FormDialog>
  );
}
