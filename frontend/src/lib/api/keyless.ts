/**
 * The mutations that take no Idempotency-Key: they are open to who is not signed in, or to whose sign-in waits for a
 * second factor, so there may be nobody to keep the key for.
 */
export const keyless: ReadonlySet<string> = new Set([
  "declineInvitation",
  "disownChange",
  "finishPasskeyEnrolment",
  "finishTotpEnrolment",
  "register",
  "requestPasswordReset",
  "resetPassword",
  "setUp",
  "signIn",
  "signInWithPasskey",
  "signOut",
  "startPasskeyEnrolment",
  "startPasskeySecondFactor",
  "startPasskeySignIn",
  "startTotpEnrolment",
  "verifyEmail",
  "verifySecondFactor",
]);

/**
 * The mutations that take a secret, and count wrong ones: a refusal leaves the key free, so what is sent again for a lost
 * answer would count once more. Whoever typed it decides.
 */
export const sentOnce: ReadonlySet<string> = new Set([
  "acceptInvitation",
  "changeEmail",
  "changePassword",
  "checkSecurityAnswer",
  "confirmEmailChange",
  "confirmIdentity",
  "removeOwnSecurityQuestion",
  "setSecurityQuestion",
  "startPasskeyConfirmation",
]);
