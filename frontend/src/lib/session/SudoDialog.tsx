import { Button, Divider } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import type { SecondFactorMethod } from "../../gen/graphql";
import { PasswordField, TextField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { useFields } from "../../ui/useFields";
import { faultText } from "../api/faultText";
import { useAct } from "../api/useAct";
import { passkeysSupported } from "../passkeys/browser";
import { usePasskey } from "../passkeys/usePasskey";

const SudoDialogDocument = graphql(`
  query SudoDialog {
    viewer {
      secondFactors
    }
  }
`);

const StartPasskeyConfirmationDocument = graphql(`
  mutation StartPasskeyConfirmation {
    startPasskeyConfirmation {
      challenge {
        options
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

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

interface Props {
  onProven: () => void;
  onClose: () => void;
}

/**
 * Asks for a passkey, or for the password and the second factor where one is enrolled, before an act that takes more
 * than a session. It opens once it knows which of them the viewer has.
 */
export function SudoDialog({ onProven, onClose }: Props) {
  const [{ data, fetching }] = useQuery({ query: SudoDialogDocument, requestPolicy: "network-only" });
  if (fetching) return null;
  // When that could not be loaded, the password is what everybody has.
  const ways = data?.viewer.secondFactors ?? [];
  const passkey = ways.includes("PASSKEY");
  if (passkey && ways.every((way) => way === "PASSKEY")) return <ByPasskey onProven={onProven} onClose={onClose} />;
  return <ByPassword ways={ways} onProven={onProven} onClose={onClose} />;
}

/** Gives a passkey, and returns a sentence about what went wrong; none when nothing did, or nobody needs to know. */
function useProofByPasskey(onProven: () => void): [prove: () => Promise<string | undefined>, busy: boolean] {
  const { t } = useTranslation();
  const [ask, asking] = usePasskey(StartPasskeyConfirmationDocument);
  const [confirm, checking] = useAct(ConfirmIdentityDocument, { quiet: true });
  const prove = async () => {
    const asked = await ask();
    if (asked.answer === undefined) return asked.text;
    const outcome = await confirm({ input: { passkey: asked.answer } });
    if (outcome.ok && outcome.payload.sudoUntil) {
      onProven();
      return undefined;
    }
    if (!outcome.ok && outcome.fault) return faultText(t, outcome.fault);
    const expired = !outcome.ok && outcome.userErrors[0]?.code === "EXPIRED";
    return t(`userError.passkey.${expired ? "EXPIRED" : "WRONG"}`);
  };
  return [prove, asking || checking];
}

/** For who has a passkey and nothing else beside the password: it is both factors, and the password alone is not enough. */
function ByPasskey({ onProven, onClose }: Props) {
  const { t } = useTranslation();
  const [prove, busy] = useProofByPasskey(onProven);
  const [problem, setProblem] = useState<string>();
  const usable = passkeysSupported();
  const submit = async () => {
    setProblem(undefined);
    setProblem(await prove());
  };
  return (
    <FormDialog
      opened
      onClose={onClose}
      onSubmit={submit}
      title={t("sudo.title")}
      text={t(usable ? "sudo.text" : "sudo.needsOther")}
      submit={usable ? t("sudo.passkey") : undefined}
      busy={busy}
      problems={problem ? [problem] : []}
    />
  );
}

function ByPassword({ ways, onProven, onClose }: Props & { ways: readonly SecondFactorMethod[] }) {
  const { t } = useTranslation();
  const passkey = ways.includes("PASSKEY") && passkeysSupported();
  const [confirm, busy] = useAct(ConfirmIdentityDocument, { quiet: true });
  const [prove, proving] = useProofByPasskey(onProven);
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
    if (payload?.secondFactorNeeded)
      setSecond(ways.includes("PASSKEY") && !ways.includes("TOTP") ? "backupCode" : "code");
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
      busy={busy || proving}
      problems={refused ? [refused] : fields.problems}
      answer={fields.answer}
    >
      {passkey && (
        <>
          <Button
            variant="default"
            leftSection={<IconFingerprint size={18} stroke={1.7} aria-hidden="true" />}
            disabled={busy}
            loading={proving}
            onClick={async () => {
              setRefused(undefined);
              setRefused(await prove());
            }}
          >
            {t("sudo.passkey")}
          </Button>
          <Divider label={t("sudo.or")} />
        </>
      )}
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
      {second && ways.includes("TOTP") && ways.includes("BACKUP_CODE") && (
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
