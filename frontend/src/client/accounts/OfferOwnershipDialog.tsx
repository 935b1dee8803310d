import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { fieldErrors } from "../../lib/api/fieldErrors";
import { useAct } from "../../lib/api/useAct";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { toastGood } from "../../ui/toast";

const OfferOwnershipDocument = graphql(`
  mutation OfferOwnership($input: OfferOwnershipInput!) {
    offerOwnership(input: $input) {
      account {
        id
        ownershipOffer {
          expiresAt
          membership {
            id
            user {
              id
              name
            }
          }
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
  member: { id: string; user: { name: string } };
  account: string;
  onClose: () => void;
}

/** Offers a member the ownership, and says what follows when they accept. */
export function OfferOwnershipDialog({ member, account, onClose }: Props) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const [offer, busy] = useAct(OfferOwnershipDocument);
  const [problems, setProblems] = useState<readonly string[]>([]);
  const { name } = member.user;
  const confirm = async () => {
    const outcome = await offer({ input: { membershipId: member.id } });
    if (outcome.ok) {
      toastGood(t("ownership.sent", { name }));
      return onClose();
    }
    if (outcome.fault) return onClose();
    setProblems(fieldErrors(c, outcome.userErrors, []).rest);
  };
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      onConfirm={confirm}
      title={t("ownership.ask", { name })}
      text={t("ownership.text", { name, account })}
      confirm={t("ownership.submit")}
      busy={busy}
      problems={problems}
    />
  );
}
