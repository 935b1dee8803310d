import { Client, fetchExchange, mapExchange } from "@urql/core";
import { cacheExchange, type UpdateResolver } from "@urql/exchange-graphcache";
import type { ReorderSecurityQuestionsMutation } from "../../gen/graphql";
import { type Fault, faultOf } from "./fault";
import { resendExchange } from "./resend";

// What has no global ID is kept with the field that led to it.
const embedded = [
  "Viewer",
  "Installation",
  "PageInfo",
  "UserConnection",
  "UserEdge",
  "MembershipConnection",
  "MembershipEdge",
  "PasswordResetPreview",
  "SignedIn",
  "SecondFactorNeeded",
  "UserError",
  "SignInPayload",
  "SignOutPayload",
  "ConfirmIdentityPayload",
  "SetUpPayload",
  "RequestPasswordResetPayload",
  "ResetPasswordPayload",
  "VerifyEmailPayload",
  "UpdateUserPayload",
  "SendPasswordResetPayload",
  "DisableTwoFactorPayload",
  "DisableSecurityQuestionPayload",
  "RegisterPayload",
  "EmailVerificationPreview",
  "EmailChangePreview",
  "DisownPreview",
  "ResendVerificationPayload",
  "ChangeEmailPayload",
  "ConfirmEmailChangePayload",
  "DisownChangePayload",
  "UpdateProfilePayload",
  "SecurityQuestionText",
  "Lock",
  "Settings",
  "TwoFactorRule",
  "ApiBudget",
  "MailPreview",
  "CreateSecurityQuestionPayload",
  "UpdateSecurityQuestionPayload",
  "RetireSecurityQuestionPayload",
  "RestoreSecurityQuestionPayload",
  "DeleteSecurityQuestionPayload",
  "ReorderSecurityQuestionsPayload",
  "SetSecurityQuestionPayload",
  "RemoveOwnSecurityQuestionPayload",
  "CheckSecurityAnswerPayload",
  "ClearUserLockPayload",
  "UpdateSettingsPayload",
  "SetRoleTwoFactorPayload",
  "OwnPassword",
  "ChangePasswordPayload",
  "PasskeyChallenge",
  "StartPasskeyEnrolmentPayload",
  "FinishPasskeyEnrolmentPayload",
  "RenamePasskeyPayload",
  "RemovePasskeyPayload",
  "StartPasskeySignInPayload",
  "StartPasskeySecondFactorPayload",
  "StartPasskeyConfirmationPayload",
  // Second factors of one's own.
  "EnrolmentNeeded",
  "TotpEnrolment",
  "StartTotpEnrolmentPayload",
  "FinishTotpEnrolmentPayload",
  "RemoveTotpPayload",
  "RegenerateBackupCodesPayload",
  "RevokeTrustedDevicePayload",
  "Activity",
  "ActivityConnection",
  "ActivityEdge",
  "SignIn",
  "SignInConnection",
  "SignInEdge",
  "RevokeSessionPayload",
  "RevokeOtherSessionsPayload",
  // Accounts and the people in them.
  "AccountConnection",
  "AccountEdge",
  "AccountDeletion",
  "AccountEmail",
  "AccountEmailConnection",
  "AccountEmailEdge",
  "OrderConnection",
  "OrderEdge",
  "InvitationConnection",
  "InvitationEdge",
  "InvitationPreview",
  "OwnershipOffer",
  "AccessExplanation",
  "CreateAccountPayload",
  "UpdateAccountPayload",
  "DeleteAccountPayload",
  "RecordOrderPayload",
  "SwitchAccountPayload",
  "AssociateUserPayload",
  "UpdateMembershipPermissionsPayload",
  "SaveMembershipsPayload",
  "RemoveMemberPayload",
  "MakeOwnerPayload",
  "LeaveAccountPayload",
  "OfferOwnershipPayload",
  "WithdrawOwnershipOfferPayload",
  "AcceptOwnershipPayload",
  "CreatePermissionTemplatePayload",
  "UpdatePermissionTemplatePayload",
  "DeletePermissionTemplatePayload",
  "InviteUserPayload",
  "ResendInvitationPayload",
  "CancelInvitationPayload",
  "AcceptInvitationPayload",
  "DeclineInvitationPayload",
  // API tokens.
  "ApiTokenConnection",
  "ApiTokenEdge",
  "ApiTokenScope",
  "CreateApiTokenPayload",
  "RotateApiTokenPayload",
  "RevokeApiTokenPayload",
  // Proofs of identity.
  "IdentityVerification",
  "IdentityVerificationConnection",
  "IdentityVerificationEdge",
  "IdentityVerificationRule",
  "IdentityProvider",
  "IdentityProviderSecret",
  "VerificationEvent",
  "VerificationFile",
  "InitiateIdentityVerificationPayload",
  "ResetIdentityVerificationPayload",
  "DecideIdentityVerificationPayload",
  "BringIdentityVerificationPayload",
  "SubmitIdentityVerificationPayload",
  "BeginIdentityVerificationPayload",
  "SetIdentityProviderSecretsPayload",
  "TestIdentityProviderPayload",
];

// What each union holds; a new member of one comes here too.
const possibleTypes = { SignInOutcome: ["SignedIn", "SecondFactorNeeded", "EnrolmentNeeded"] };

/** The order of the questions is that of a list, which no question tells: it comes from the answer. */
const takeOrder: UpdateResolver<ReorderSecurityQuestionsMutation> = (
  { reorderSecurityQuestions: payload },
  _,
  cache,
) => {
  if (payload?.questions) {
    const list = payload.questions.map(({ id }) => ({ __typename: "SecurityQuestion" as const, id }));
    cache.link("Query", "allSecurityQuestions", list);
  }
};

/** Makes a client with an empty cache. It speaks POST /graphql only, and tells every refusal to `onFault`. */
export function makeClient(onFault: (fault: Fault) => void): Client {
  return new Client({
    url: "/graphql",
    preferGetMethod: false,
    fetchOptions: {
      credentials: "same-origin",
      headers: { accept: "application/graphql-response+json" },
    },
    exchanges: [
      mapExchange({ onError: (error) => onFault(faultOf(error)) }),
      cacheExchange({
        keys: Object.fromEntries(embedded.map((type) => [type, () => null])),
        possibleTypes,
        updates: {
          Mutation: {
            reorderSecurityQuestions: takeOrder,
            // Who one acts for, and which accounts are one's own, is asked anew.
            switchAccount: (_result, _arguments, cache) => cache.invalidate("Query", "viewer"),
            acceptOwnership: (_result, _arguments, cache) => cache.invalidate("Query", "viewer"),
          },
        },
      }),
      resendExchange,
      fetchExchange,
    ],
  });
}
