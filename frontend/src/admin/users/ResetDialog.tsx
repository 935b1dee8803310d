import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { fieldErrors } from "../../lib/api/fieldErrors";
import { useAct } from "../../lib/api/useAct";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { toastGood } from "../../ui/toast";

const SendPasswordResetDocument = graphql(`
  mutation SendPasswordReset($input: SendPasswordResetInput!) {
    sendPasswordReset(input: $input) {
      delivery
      userErrors {
        field
        code
        message
      }
    }
  }
`);

/** Asks before a reset link is mailed, and says what it does. */
export function ResetDialog({
  user,
  onClose,
}: {
  user: { id: string; name: string; email: string };
  onClose: () => void;
}) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const [send, busy] = useAct(SendPasswordResetDocument);
  const [problems, setProblems] = useState<readonly string[]>([]);
  const confirm = async () => {
    const { ok, userErrors, fault } = {
      userErrors: [],
      fault: undefined,
      ...(await send({ input: { userId: user.id } })),
    };
    if (fault) return onClose();
    if (!ok) return setProblems(fieldErrors(c, userErrors, []).rest);
    toastGood(t("reset.queued", { email: user.email }));
    onClose();
  };
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      onConfirm={confirm}
      title={t("reset.title")}
      text={t("reset.text", { name: user.name, email: user.email })}
      confirm={t("reset.confirm")}
      busy={busy}
      problems={problems}
    />
  );
}
