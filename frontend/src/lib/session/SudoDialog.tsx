import { Button } from "@mantine/core";
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
  const [second, setSecond] = useState<"code" | "backupCode">();
  const [refused, setRefused] = useState<string>();
  const fields = useFields({ password: "", code: "", backupCode: "" });

  const submit = async () => {
    setRefused(undefined);
    const { password, code, backupCode } = fields.values;
    const filled = fields.check({
      password: !password && t("userError.password.REQUIRED"),
      code: second === "code" && !code.trim() && t("userError.code.REQUIRED"),
      backupCode: second === "backupCode" && !backupCode.trim() && t("userError.backupCode.REQUIRED"),
    });
    if (!filled) return;
    const { payload, userErrors, fault, ok } = {
      userErrors: [],
      fault: undefined,
      ...(await confirm({
        input: {
          password,
          ...(second === "code" && { code: code.replaceAll(/\s/g, "") }),
          ...(second === "backupCode" && { backupCode }),
        },
      })),
    };
    if (fault) return setRefused(faultText(t, fault));
    if (payload?.secondFactorNeeded) setSecond("code");
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
      {second === "code" && (
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
      {second === "backupCode" && (
        <TextField
          {...fields.input("backupCode")}
          label={t("field.backupCode")}
          description={t("field.backupCodeHint")}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          maxLength={32}
          autoFocus
        />
      )}
      {second && (
        <Button
          variant="subtle"
          size="compact-sm"
          px={0}
          style={{ alignSelf: "start" }}
          onClick={() => setSecond(second === "code" ? "backupCode" : "code")}
        >
          {t(second === "code" ? "sudo.useBackupCode" : "sudo.useApp")}
        </Button>
      )}
    </FormDialog>
  );
}
