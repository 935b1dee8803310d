import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { ActDialog } from "../../lib/api/ActDialog";

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
  const { name } = member.user;
  return (
    <ActDialog
      document={MakeOwnerDocument}
      variables={{ input: { membershipId: member.id } }}
      title={t("makeOwner.title", { name })}
      text={t("makeOwner.text", { name, account })}
      confirm={t("makeOwner.submit")}
      done={t("makeOwner.done", { name, account })}
      onClose={onClose}
    />
  );
}
