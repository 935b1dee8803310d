import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { PasswordField, TextField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { useFields } from "../../ui/useFields";
import { faultText } from "../api/faultText";
import { useAct } from "../api/useAct";

const ConfirmIdentityDocument = graphql(`
  mutation ConfirmIdentity($input: ConfirmIdentityInput!) {
    confirmIdentity(input: $input) {
      sudoUntil
      secondFactorNeeded
      userErrors {
        field
        code
        message
      }
    }
  }
`);

/** Asks for the password, and for the second factor where one is enrolled, before an act that takes more than a session. */
export function SudoDialog({ onProven, onClose }: { onProven: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  const [confirm, busy] = useAct(ConfirmIdentityDocument, { quiet: true });
  const [withCode, setWithCode] = useState(false);
  const [refused, setRefused] = useState<string>();
  const fields = useFields({ password: "", code: "" });

  const submit = async () => {
    setRefused(undefined);
    const { password, code } = fields.values;
    const filled = fields.check({
      password: !password && t("userError.password.REQUIRED"),
      code: withCode && !code.trim() && t("userError.code.REQUIRED"),
    });
    if (!filled) return;
    const { payload, userErrors, fault, ok } = {
      userErrors: [],
      fault: undefined,
      ...(await confirm({ input: { password, code: withCode ? code.replaceAll(/\s/g, "") : null } })),
    };
    if (fault) return setRefused(faultText(t, fault));
    if (payload?.secondFactorNeeded) setWithCode(true);
    if (!ok) return fields.refuse(userErrors);
    if (payload?.sudoUntil) onProven();
  };

  return (
    <FormDialog
      opened
      onClose={onClose}
      onSubmit={submit}
      title={t("sudo.title")}
      text={t("sudo.text")}
      submit={t("sudo.submit")}
      busy={busy}
      problems={refused ? [refused] : fields.problems}
      answer={fields.answer}
    >
      <PasswordField
        {...fields.input("password")}
        label={t("field.password")}
        autoComplete="current-password"
        data-autofocus
      />
      {withCode && (
        <TextField
          {...fields.input("code")}
          label={t("field.code")}
          description={t("field.codeHint")}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={7}
          autoFocus
        />
      )}
    </FormDialog>
  );
}
