import { useState } from "react";
import { useTranslation } from "react-i18next";
import { fieldErrors } from "../../lib/api/fieldErrors";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { type Decided, useDecide } from "./useDecide";

interface Props {
  user: { id: string; name: string };
  version: number;
  onClose: () => void;
  onDecided: (decided: Decided) => void;
}

/** Asks before a proof is approved. */
export function ApproveDialog({ user, version, onClose, onDecided }: Props) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const [decide, busy] = useDecide();
  const [problems, setProblems] = useState<readonly string[]>([]);
  const confirm = async () => {
    setProblems([]);
    const decided = await decide({ userId: user.id, version, approve: true });
    if (decided.how !== "refused") return onDecided(decided);
    setProblems(decided.own ? [decided.own] : fieldErrors(c, decided.userErrors, []).rest);
  };
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      onConfirm={() => void confirm()}
      title={t("review.approveTitle", { name: user.name })}
      text={t("review.approveText")}
      confirm={t("review.approve")}
      busy={busy}
      problems={problems}
    />
  );
}
