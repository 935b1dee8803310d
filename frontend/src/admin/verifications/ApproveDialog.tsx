import { useState } from "react";
import { useTranslation } from "react-i18next";
import { fieldErrors } from "../../lib/api/fieldErrors";
import { useFormats } from "../../lib/format";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import type { Verification } from "./reviewFields";
import { type Decided, useDecide } from "./useDecide";

interface Props {
  user: { id: string; name: string };
  verification: Verification;
  onClose: () => void;
  onDecided: (decided: Decided) => void;
}

/** Asks before a proof is approved. */
export function ApproveDialog({ user, verification, onClose, onDecided }: Props) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const [decide, busy] = useDecide();
  const [problems, setProblems] = useState<readonly string[]>([]);
  const confirm = async () => {
    setProblems([]);
    const decided = await decide({ userId: user.id, version: verification.version, approve: true });
    if (decided.how !== "refused") return onDecided(decided);
    setProblems(decided.own ? [decided.own] : fieldErrors(c, decided.userErrors, []).rest);
  };
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      onConfirm={() => void confirm()}
      title={t("review.approveTitle", { name: user.name })}
      text={<Consequences name={user.name} verification={verification} />}
      confirm={t("review.approve")}
      busy={busy}
      problems={problems}
    />
  );
}

const day = 86_400_000;

/** What an approval does: the first of two changes nothing yet; the last one is mailed, and holds for a while or for good. */
function Consequences({ name, verification }: { name: string; verification: Verification }) {
  const { t } = useTranslation("admin");
  const formats = useFormats();
  const { approvedOnce, secondReviewer, approvalDays } = verification;
  if (secondReviewer && !approvedOnce) return t("review.approveFirst", { name });
  const until = new Date(Date.now() + approvalDays * day).toISOString();
  return (
    <ul>
      {approvedOnce && <li>{t("review.approveSecond")}</li>}
      <li>
        {approvalDays > 0
          ? t("review.approveUntil", { date: formats.date(until), days: formats.days(approvalDays) })
          : t("review.approveForGood")}
      </li>
      <li>{t("review.approveMail", { name })}</li>
    </ul>
  );
}
