import { graphql } from "../../gen";
import type { ReviewFields_VerificationFragment } from "../../gen/graphql";

/** What a reviewer sees of a proof of identity, before and after it was decided. */
export const ReviewFieldsFragment = graphql(`
  fragment ReviewFields_verification on IdentityVerification {
    status
    provider
    version
    submittedAt
    decidedAt
    approvedOnce
    viewerApprovedAt
    secondReviewer
    approvalDays
    cause
    reason
    ...VerificationHistory_verification
  }
`);

export type Verification = ReviewFields_VerificationFragment;

export const DecideDocument = graphql(`
  mutation DecideIdentityVerification($input: DecideIdentityVerificationInput!) {
    decideIdentityVerification(input: $input) {
      user {
        id
        identityVerification {
          ...ReviewFields_verification
        }
      }
      present {
        ...ReviewFields_verification
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

/** Why a proof is not accepted. */
export const causes = ["UNREADABLE", "INCOMPLETE", "OUT_OF_DATE", "MISMATCH", "NOT_ACCEPTED", "OTHER"] as const;
