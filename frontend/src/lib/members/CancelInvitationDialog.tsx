import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { ActDialog } from "../api/ActDialog";

const CancelInvitationDocument = graphql(`
  mutation CancelInvitation($input: CancelInvitationInput!) {
    cancelInvitation(input: $input) {
      invitation {
        id
        status
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
  invitation: { id: string; email: string };
  onClose: () => void;
}

/** Takes an invitation back, and says what becomes of its link. */
export function CancelInvitationDialog({ invitation: { id, email }, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <ActDialog
      document={CancelInvitationDocument}
      variables={{ input: { invitationId: id } }}
      title={t("invitations.cancelTitle")}
      text={t("invitations.cancelText", { email })}
      confirm={t("invitations.cancelSubmit")}
      danger
      done={t("invitations.cancelled", { email })}
      onClose={onClose}
    />
  );
}
