import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { ActDialog } from "../api/ActDialog";

const RemoveMemberDocument = graphql(`
  mutation RemoveMember($input: RemoveMemberInput!) {
    removeMember(input: $input) {
      removedId
      account {
        id
        ownershipOffer {
          expiresAt
          membership {
            id
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
  /** Whether somebody was taken off. */
  onClose: (done: boolean) => void;
}

/** Takes somebody off the account, and says what stays. */
export function RemoveMemberDialog({ member, account, onClose }: Props) {
  const { t } = useTranslation();
  const { name } = member.user;
  return (
    <ActDialog
      document={RemoveMemberDocument}
      variables={{ input: { membershipId: member.id } }}
      title={t("removeMember.title", { name })}
      text={t("removeMember.text", { name, account })}
      confirm={t("removeMember.submit")}
      danger
      done={t("removeMember.done", { name, account })}
      onClose={onClose}
    />
  );
}
