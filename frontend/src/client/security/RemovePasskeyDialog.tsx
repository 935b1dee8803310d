import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { fieldErrors } from "../../lib/api/fieldErrors";
import { useAct } from "../../lib/api/useAct";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { toastGood } from "../../ui/toast";

const RemovePasskeyDocument = graphql(`
  mutation RemovePasskey($input: RemovePasskeyInput!) {
    removePasskey(input: $input) {
      user {
        id
        twoFactorEnabled
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
  passkey: { id: string; name: string };
  onDone: () => void;
  onClose: () => void;
}

export function RemovePasskeyDialog({ passkey, onDone, onClose }: Props) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const [remove, busy] = useAct(RemovePasskeyDocument);
  const [problems, setProblems] = useState<string[]>([]);

  const submit = async () => {
    const outcome = await remove({ input: { passkeyId: passkey.id } });
    if (!outcome.ok) return setProblems(fieldErrors(c, outcome.userErrors, []).rest);
    toastGood(t("passkeys.remove.done", { name: passkey.name }));
    onDone();
  };

  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      onConfirm={submit}
      title={t("passkeys.remove.title")}
      text={t("passkeys.remove.text", { name: passkey.name })}
      confirm={t("passkeys.remove.submit")}
      danger
      busy={busy}
      problems={problems}
    />
  );
}
