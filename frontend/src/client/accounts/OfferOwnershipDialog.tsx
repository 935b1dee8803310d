import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { ActDialog } from "../../lib/api/ActDialog";

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
  /** Whether it was offered. */
  onClose: (done: boolean) => void;
}

/** Offers a member the ownership, and says what follows when they accept. */
export function OfferOwnershipDialog({ member, account, onClose }: Props) {
  const { t } = useTranslation("client");
  const { name } = member.user;
  return (
    <ActDialog
      document={OfferOwnershipDocument}
      variables={{ input: { membershipId: member.id } }}
      title={t("ownership.ask", { name })}
      text={t("ownership.text", { name, account })}
      confirm={t("ownership.submit")}
      done={t("ownership.sent", { name })}
      onClose={onClose}
    />
  );
}
