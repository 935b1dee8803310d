import { useTranslation } from "react-i18next";
import { readFragment } from "../../gen";
import type { DecideIdentityVerificationInput } from "../../gen/graphql";
import { type UserError, useAct } from "../../lib/api/useAct";
import { DecideDocument, ReviewFieldsFragment, type Verification } from "./reviewFields";

/** How a decision ended. */
export type Decided =
  | { how: "done" | "late"; verification: Verification }
  | { how: "refused"; userErrors: readonly UserError[]; own?: string }
  | { how: "failed" };

/** Says what a reviewer decided. Late is who was not the first; then `verification` is what stands. */
export function useDecide(): [decide: (input: DecideIdentityVerificationInput) => Promise<Decided>, busy: boolean] {
  const { t } = useTranslation("admin");
  const [act, busy] = useAct(DecideDocument);
  const decide = async (input: DecideIdentityVerificationInput): Promise<Decided> => {
    const outcome = await act({ input });
    if (outcome.ok) {
      const after = readFragment(ReviewFieldsFragment, outcome.payload.user?.identityVerification);
      return after ? { how: "done", verification: after } : { how: "failed" };
    }
    if (outcome.fault) return { how: "failed" };
    const present = readFragment(ReviewFieldsFragment, outcome.payload.present);
    if (present) return { how: "late", verification: present };
    const barred = outcome.userErrors.some(({ code }) => code === "NOT_ALLOWED");
    return { how: "refused", userErrors: outcome.userErrors, own: barred ? t("review.notYours") : undefined };
  };
  return [decide, busy];
}
