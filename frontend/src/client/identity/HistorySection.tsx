import {
  type Icon,
  IconAlertTriangle,
  IconCircleCheck,
  IconClockX,
  IconMailForward,
  IconRotate2,
  IconUpload,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import type { VerificationActor, VerificationStatus } from "../../gen/graphql";
import { Section } from "../../ui/Section";
import { Timeline, TimelineEntry } from "../../ui/Timeline";
import { providerName } from "./providerName";

const HistorySectionFragment = graphql(`
  fragment HistorySection_proof on IdentityVerification {
    history {
      at
      status
      by
      provider
      earlier
      cause
      reason
    }
  }
`);

const icons: Record<VerificationStatus, Icon> = {
  NOT_REQUESTED: IconRotate2,
  REQUESTED: IconMailForward,
  SUBMITTED: IconUpload,
  APPROVED: IconCircleCheck,
  REJECTED: IconAlertTriangle,
  EXPIRED: IconClockX,
};

/** What a step was: a status may be come to in more than one way. */
function wordOf(status: VerificationStatus, by: VerificationActor): VerificationStatus | "LOOKED_AT" | "BROKEN_OFF" {
  if (status === "SUBMITTED" && by === "STAFF") return "LOOKED_AT";
  if (status === "REQUESTED" && by === "PROVIDER") return "BROKEN_OFF";
  return status;
}

/** What happened about the user's proof of identity, the newest first. */
export function HistorySection({ proof }: { proof: FragmentType<typeof HistorySectionFragment> }) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const { history } = readFragment(HistorySectionFragment, proof);
  if (history.length === 0) return null;
  return (
    <Section title={t("identity.history")} flush>
      <Timeline label={t("identity.history")}>
        {history.map(({ at, status, by, provider, earlier, cause, reason }, i) => (
          <TimelineEntry
            // biome-ignore lint/suspicious/noArrayIndexKey: counted from the oldest, a step keeps its number
            key={history.length - i}
            icon={icons[status]}
            notable={status === "REJECTED" || status === "EXPIRED"}
            title={t(`identity.step.${wordOf(status, by)}`)}
            facts={[
              by === "PROVIDER" ? providerName(t, provider) : by === "STAFF" ? t("identity.byStaff") : "",
              cause && cause !== "OTHER" ? c(`verification.cause.${cause}`) : "",
              reason,
            ]}
            at={at}
            dayOnly={earlier}
          />
        ))}
      </Timeline>
    </Section>
  );
}
