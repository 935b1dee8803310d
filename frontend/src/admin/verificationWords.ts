import { useTranslation } from "react-i18next";
import { graphql } from "../gen";
import type { VerificationActor, VerificationHistory_VerificationFragment } from "../gen/graphql";

/** What both the page of a user and that of a review tell of a proof of identity. */
export const VerificationHistoryFragment = graphql(`
  fragment VerificationHistory_verification on IdentityVerification {
    history {
      at
      status
      by
      byName
      provider
      earlier
      cause
      reason
    }
  }
`);

export type VerificationStep = VerificationHistory_VerificationFragment["history"][number];

/** Who decides about proofs of identity, in words; services of earlier days go by the name that staff gave them. */
export function useProviderName(): (provider: string) => string {
  const { t } = useTranslation("admin");
  const names: Record<string, string> = { MANUAL: t("verification.manual"), STRIPE: "Stripe Identity" };
  return (provider) => names[provider] ?? provider;
}

/** Whose step it was, in words. */
export function useStepBy(): (step: { by: VerificationActor; byName?: string | null; provider: string }) => string {
  const { t } = useTranslation("admin");
  const providerName = useProviderName();
  return ({ by, byName, provider }) =>
    by === "STAFF" && byName ? byName : by === "PROVIDER" ? providerName(provider) : t(`verification.actor.${by}`);
}
