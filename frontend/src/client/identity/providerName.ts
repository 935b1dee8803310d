import type { TFunction } from "i18next";

const brands: Record<string, string> = { STRIPE: "Stripe" };

/** Who decides about a proof, in words; services of earlier days are called as whoever recorded them did. */
export function providerName(t: TFunction<"client">, provider: string | null | undefined): string {
  if (!provider || provider === "MANUAL") return t("identity.byStaff");
  return brands[provider] ?? provider;
}
