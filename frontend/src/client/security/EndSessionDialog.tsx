import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { fieldErrors } from "../../lib/api/fieldErrors";
import { useAct } from "../../lib/api/useAct";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { toastGood } from "../../ui/toast";
import { useDeviceWords } from "./useDeviceWords";

const RevokeSessionDocument = graphql(`
  mutation RevokeSession($input: RevokeSessionInput!) {
    revokeSession(input: $input) {
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
  session: { id: string; browser: string; system: string; address: string };
  onDone: () => void;
  onClose: () => void;
}

export function EndSessionDialog({ session, onDone, onClose }: Props) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const [revoke, busy] = useAct(RevokeSessionDocument);
  const [problems, setProblems] = useState<string[]>([]);
  const device = useDeviceWords()(session);
  const address = session.address || t("sessions.unknownAddress");

  const submit = async () => {
    const outcome = await revoke({ input: { sessionId: session.id } });
    if (outcome.ok) {
      toastGood(t("sessions.end.done", { device }));
      onDone();
    } else if (outcome.fault?.code === "NOT_FOUND") {
      onDone(); // it is over already; the toast said so, and the list follows
    } else {
      setProblems(fieldErrors(c, outcome.userErrors, []).rest);
    }
  };

  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      onConfirm={submit}
      title={t("sessions.end.title")}
      text={t("sessions.end.text", { device, address })}
      confirm={t("sessions.end.action")}
      danger
      busy={busy}
      problems={problems}
    />
  );
}
