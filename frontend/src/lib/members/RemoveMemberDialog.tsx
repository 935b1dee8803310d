import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { toastGood } from "../../ui/toast";
import { fieldErrors } from "../api/fieldErrors";
import { useAct } from "../api/useAct";

const RemoveMemberDocument = graphql(`
  mutation RemoveMember($input: RemoveMemberInput!) {
    removeMember(input: $input) {
      removedId
      userErrors {
        field
        code
        message
      }
    }
  }
`);

interface Props {
  member: { id: string; user: { name: string } };
  account: string;
  /** Whether somebody was taken off. */
  onClose: (done: boolean) => void;
}

/** Takes somebody off the account, and says what stays. */
export function RemoveMemberDialog({ member, account, onClose }: Props) {
  const { t } = useTranslation();
  const [remove, busy] = useAct(RemoveMemberDocument);
  const [problems, setProblems] = useState<readonly string[]>([]);
  const { name } = member.user;
  const confirm = async () => {
    const outcome = await remove({ input: { membershipId: member.id } });
    if (outcome.ok) {
      toastGood(t("removeMember.done", { name, account }));
      return onClose(true);
    }
    if (outcome.fault) return onClose(false);
    setProblems(fieldErrors(t, outcome.userErrors, []).rest);
  };
  return (
    <ConfirmDialog
      opened
      onClose={() => onClose(false)}
      onConfirm={confirm}
      title={t("removeMember.title", { name })}
      text={t("removeMember.text", { name, account })}
      confirm={t("removeMember.submit")}
      danger
      busy={busy}
      problems={problems}
    />
  );
}
