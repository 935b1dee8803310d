import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { fieldErrors } from "../../lib/api/fieldErrors";
import { useAct } from "../../lib/api/useAct";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { toastGood } from "../../ui/toast";

const MakeOwnerDocument = graphql(`
  mutation MakeOwner($input: MakeOwnerInput!) {
    makeOwner(input: $input) {
      account {
        id
        owner {
          id
          name
        }
      }
      memberships {
        id
        owner
        permissions
        endsAt
        ended
        version
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
  member: { id: string; user: { name: string } };
  account: string;
  /** Whether the owner changed. */
  onClose: (done: boolean) => void;
}

/** Makes a member the owner, and says what follows. */
export function MakeOwnerDialog({ member, account, onClose }: Props) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const [makeOwner, busy] = useAct(MakeOwnerDocument);
  const [problems, setProblems] = useState<readonly string[]>([]);
  const { name } = member.user;
  const confirm = async () => {
    const outcome = await makeOwner({ input: { membershipId: member.id } });
    if (outcome.ok) {
      toastGood(t("makeOwner.done", { name, account }));
      return onClose(true);
    }
    if (outcome.fault) return onClose(false);
    setProblems(fieldErrors(c, outcome.userErrors, []).rest);
  };
  return (
    <ConfirmDialog
      opened
      onClose={() => onClose(false)}
      onConfirm={confirm}
      title={t("makeOwner.title", { name })}
      text={t("makeOwner.text", { name, account })}
      confirm={t("makeOwner.submit")}
      busy={busy}
      problems={problems}
    />
  );
}
