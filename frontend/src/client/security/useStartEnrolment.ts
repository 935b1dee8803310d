import { graphql } from "../../gen";
import { useAct } from "../../lib/api/useAct";

const StartTotpEnrolmentDocument = graphql(`
  mutation StartTotpEnrolment {
    startTotpEnrolment {
      totp {
        ...EnrolmentForm_totp
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

/** Begins to add an authenticator app: what EnrolmentForm shows. */
export function useStartEnrolment({ quiet = false } = {}) {
  return useAct(StartTotpEnrolmentDocument, { quiet });
}
