import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { useToldAct } from "../api/useToldAct";

const ResendInvitationDocument = graphql(`
  mutation ResendInvitation($input: ResendInvitationInput!) {
    resendInvitation(input: $input) {
      invitation {
        id
        sentAt
        expiresAt
        status
        delivery
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

/** Sends an open invitation anew, and tells how it went. `onDone` runs when it was sent. */
export function useResendInvitation(onDone: () => void) {
  const { t } = useTranslation();
  const [send, busy] = useToldAct(ResendInvitationDocument);
  const resend = async ({ id, email }: { id: string; email: string }) => {
    if (await send({ input: { invitationId: id } }, t("invitations.resent", { email }))) onDone();
  };
  return [resend, busy] as const;
}
