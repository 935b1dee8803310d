import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { useAct } from "../../lib/api/useAct";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { toastGood } from "../../ui/toast";

const RevokeOtherSessionsDocument = graphql(`
  mutation RevokeOtherSessions($input: RevokeOtherSessionsInput!) {
    revokeOtherSessions(input: $input) {
      ended
      user {
        id
        sessions {
          id
        }
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
  /** How many other sessions the page shows. */
  count: number;
  onDone: () => void;
  onClose: () => void;
}

export function EndOtherSessionsDialog({ count, onDone, onClose }: Props) {
  const { t } = useTranslation("client");
  const [revoke, busy] = useAct(RevokeOtherSessionsDocument);

  const submit = async () => {
    const outcome = await revoke({ input: {} });
    if (!outcome.ok) return;
    toastGood(t("sessions.endOthers.done", { count: outcome.payload.ended }));
    onDone();
  };

  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      onConfirm={submit}
      title={t("sessions.endOthers.title")}
      text={t("sessions.endOthers.text", { count })}
      confirm={t("sessions.endOthers.action")}
      danger
      busy={busy}
    />
  );
}
