import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import type { StandingSection_ProofFragment } from "../../gen/graphql";
import { useFormats } from "../../lib/format";
import { Banner } from "../../ui/Banner";
import { Section } from "../../ui/Section";
import { providerName } from "./providerName";
import classes from "./StandingSection.module.css";

const StandingSectionFragment = graphql(`
  fragment StandingSection_proof on IdentityVerification {
    status
    applicable
    provider
    requestedAt
    submittedAt
    decidedAt
    expiresAt
    cause
    reason
    triesLeft
  }
`);

interface Props {
  proof: FragmentType<typeof StandingSectionFragment>;
  /** The user came back from a service, whose answer is not here yet: it is asked for, or no longer. */
  awaited: boolean;
  asking: boolean;
}

/** How far the user is, why, and what comes next. */
export function StandingSection({ proof: masked, awaited, asking }: Props) {
  const { t } = useTranslation("client");
  const proof = readFragment(StandingSectionFragment, masked);
  return (
    <Section title={t("identity.standing")}>
      <div className={classes.standing}>
        {awaited && proof.status !== "SUBMITTED" && (
          <Banner tone="accent">
            <p role="status">{t(asking ? "identity.service.awaited" : "identity.service.late")}</p>
          </Banner>
        )}
        <Words proof={proof} />
      </div>
    </Section>
  );
}

/** The API leaves out what did not happen. */
function useDates() {
  const { date, dateTime } = useFormats();
  return {
    day: (at: string | null | undefined) => (at ? date(at) : ""),
    moment: (at: string | null | undefined) => (at ? dateTime(at) : ""),
  };
}

function Words({ proof }: { proof: StandingSection_ProofFragment }) {
  const { t } = useTranslation("client");
  const { day, moment } = useDates();
  const { status, applicable, provider, requestedAt, submittedAt, decidedAt, expiresAt } = proof;
  const name = providerName(t, provider);
  switch (status) {
    case "NOT_REQUESTED":
      return <p>{t(applicable ? "identity.words.notYet" : "identity.words.never")}</p>;
    case "REQUESTED":
      return <p>{t("identity.words.requested", { date: day(requestedAt) })}</p>;
    case "SUBMITTED":
      return (
        <Banner tone="accent">
          <p>
            {provider === "MANUAL"
              ? t("identity.words.submitted", { date: moment(submittedAt) })
              : t("identity.words.submittedTo", { date: moment(submittedAt), name })}
          </p>
        </Banner>
      );
    case "APPROVED":
      return (
        <Banner tone="good">
          <p>
            {expiresAt
              ? t("identity.words.approvedUntil", { date: day(decidedAt), until: day(expiresAt) })
              : t("identity.words.approved", { date: day(decidedAt) })}
          </p>
        </Banner>
      );
    case "REJECTED":
      return <Rejected proof={proof} />;
    case "EXPIRED":
      return (
        <Banner tone="warn">
          <p>{t("identity.words.expired", { date: day(expiresAt) })}</p>
        </Banner>
      );
  }
}

function Rejected({ proof }: { proof: StandingSection_ProofFragment }) {
  const { t } = useTranslation("client");
  const { day } = useDates();
  const { cause, reason, triesLeft, decidedAt } = proof;
  return (
    <>
      <Banner tone="bad">
        <p>{t("identity.words.rejected", { date: day(decidedAt) })}</p>
        {cause && cause !== "OTHER" && <p>{t(`identity.cause.${cause}`)}</p>}
        {reason && (
          <blockquote className={classes.reason} dir="auto">
            {reason}
          </blockquote>
        )}
      </Banner>
      <p>{triesLeft > 0 ? t("identity.words.tries", { count: triesLeft }) : t("identity.words.noTries")}</p>
    </>
  );
}
