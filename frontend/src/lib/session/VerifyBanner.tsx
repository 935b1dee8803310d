import { useTranslation } from "react-i18next";
import { PutOffBanner } from "./PutOffBanner";
import { ResendVerification } from "./ResendVerification";
import { useSession } from "./useSession";

/** Asks for the proof of the address until it is given; it can be put off to the next sign-in. */
export function VerifyBanner() {
  const { t } = useTranslation();
  const { user } = useSession().viewer;
  if (!user || user.emailVerified) return null;
  const { email, lastLoginAt } = user;
  return (
    // Each sign-in has a moment of its own, so what was put off in one is not in the next.
    <PutOffBanner storageKey="roster.verifyLater" occasion={lastLoginAt ?? ""} text={t("verifyBanner.text", { email })}>
      <ResendVerification email={email} />
    </PutOffBanner>
  );
}
