import {
  type Icon,
  IconCircleCheck,
  IconCircleX,
  IconClockOff,
  IconMailForward,
  IconRestore,
  IconUpload,
  IconUserCheck,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type FragmentType, readFragment } from "../gen";
import type { VerificationStatus } from "../gen/graphql";
import { EmptyState } from "../ui/EmptyState";
import { Timeline, TimelineEntry } from "../ui/Timeline";
import { useProviderName, useStepBy, VerificationHistoryFragment, type VerificationStep } from "./verificationWords";

const icons: Record<VerificationStatus, Icon> = {
  NOT_REQUESTED: IconRestore,
  REQUESTED: IconMailForward,
  SUBMITTED: IconUpload,
  APPROVED: IconCircleCheck,
  REJECTED: IconCircleX,
  EXPIRED: IconClockOff,
};

/** The first of two reviewers approved it: it waits as before. */
const isFirstApproval = ({ status, by }: VerificationStep) => status === "SUBMITTED" && by === "STAFF";

interface Props {
  verification: FragmentType<typeof VerificationHistoryFragment>;
}

/** Every step of a proof of identity, the newest first. Stands in a Section that is `flush`. */
export function VerificationHistory({ verification }: Props) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const stepBy = useStepBy();
  const providerName = useProviderName();
  const { history } = readFragment(VerificationHistoryFragment, verification);
  if (history.length === 0) return <EmptyState icon={IconRestore} title={t("verification.noHistory")} />;
  const titleOf = (step: VerificationStep) => {
    if (isFirstApproval(step)) return t("verification.approvedOnce");
    // A service can't go on with what the user began there: they are asked as before.
    if (step.status === "REQUESTED" && step.by === "PROVIDER") return t("verification.brokenOff");
    return t(`verification.step.${step.status}`);
  };
  return (
    <Timeline label={t("verification.history")}>
      {history.map((step, i) => (
        <TimelineEntry
          // biome-ignore lint/suspicious/noArrayIndexKey: two steps may be alike in all they say, and none moves
          key={i}
          icon={isFirstApproval(step) ? IconUserCheck : icons[step.status]}
          notable={step.status === "REJECTED"}
          title={titleOf(step)}
          facts={[
            step.by !== "PROVIDER" && t("verification.by", { name: stepBy(step) }),
            step.provider !== "MANUAL" && t("verification.through", { provider: providerName(step.provider) }),
            step.cause && c(`verification.cause.${step.cause}`),
            step.reason && t("verification.said", { reason: step.reason }),
          ].map((fact) => fact || undefined)}
          at={step.at}
          dayOnly={step.earlier}
        />
      ))}
    </Timeline>
  );
}
