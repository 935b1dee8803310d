import { useTranslation } from "react-i18next";
import type { VerificationStatus } from "../../gen/graphql";
import { Badge, type Tone } from "../../ui/Badge";

const tones: Record<VerificationStatus, Tone> = {
  NOT_REQUESTED: "neutral",
  REQUESTED: "warn",
  SUBMITTED: "accent",
  APPROVED: "good",
  REJECTED: "bad",
  EXPIRED: "warn",
};

/** Where a proof of identity stands. */
export function VerificationBadge({ status }: { status: VerificationStatus }) {
  const { t } = useTranslation("common");
  return <Badge tone={tones[status]}>{t(`verification.status.${status}`)}</Badge>;
}
