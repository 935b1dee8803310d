import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { toastBad, toastGood } from "../../ui/toast";
import { fieldErrors } from "../api/fieldErrors";
import { useAct } from "../api/useAct";

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

interface Invitation {
  id: string;
  email: string;
}

/** Sends an open invitation anew, or takes it back; tells how it went. `onDone` runs after each that was done. */
export function useInvitationActs(onDone: () => void) {
  const { t } = useTranslation();
  const [resend, resending] = useAct(ResendInvitationDocument);
  const [cancel, cancelling] = useAct(CancelInvitationDocument);
  return {
    busy: resending || cancelling,
    resend: async ({ id, email }: Invitation) => {
      const outcome = await resend({ input: { invitationId: id } });
      if (outcome.ok) {
        toastGood(t("invitations.resent", { email }));
        onDone();
      } else if (!outcome.fault) toastBad(fieldErrors(t, outcome.userErrors, []).rest.join(" "));
    },
    cancel: async ({ id, email }: Invitation) => {
      const outcome = await cancel({ input: { invitationId: id } });
      if (outcome.ok) {
        toastGood(t("invitations.cancelled", { email }));
        onDone();
      } else if (!outcome.fault) toastBad(fieldErrors(t, outcome.userErrors, []).rest.join(" "));
    },
  };
}
