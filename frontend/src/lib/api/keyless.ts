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
