import { Button } from "@mantine/core";
import { IconUserScan } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql, readFragment } from "../../gen";
import type {
  VerificationSectionQuery,
  VerificationState_VerificationFragment,
  VerificationStatus,
} from "../../gen/graphql";
import { faultOf } from "../../lib/api/fault";
import { useFormats } from "../../lib/format";
import { VerificationBadge } from "../../lib/verification/VerificationBadge";
import { ErrorState } from "../../ui/ErrorState";
import { Facts } from "../../ui/Facts";
import { Section } from "../../ui/Section";
import { TimelineLoading } from "../../ui/Timeline";
import { VerificationHistory } from "../VerificationHistory";
import { useProviderName, useStepBy, VerificationHistoryFragment, type VerificationStep } from "../verificationWords";
import { BringDialog } from "./BringDialog";
import { InitiateDialog } from "./InitiateDialog";
import classes from "./VerificationSection.module.css";
import { WithdrawDialog } from "./WithdrawDialog";

const VerificationSectionDocument = graphql(`
  query VerificationSection($number: Int!) {
    user(number: $number) {
      id
      number
      name
      email
      state
      identityVerification {
        ...VerificationState_verification
      }
    }
  }
`);

/** What the section shows; acts bring it along. */
export const VerificationStateFragment = graphql(`
  fragment VerificationState_verification on IdentityVerification {
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
    approvedOnce
    ...VerificationHistory_verification
  }
`);

type User = NonNullable<VerificationSectionQuery["user"]>;

/** Whether the user proved who they are, with all that led there, and what staff can do about it. */
export function VerificationSection({ number }: { number: number }) {
  const { t } = useTranslation("admin");
  const [{ data, error }, again] = useQuery({
    query: VerificationSectionDocument,
    variables: { number },
    requestPolicy: "cache-and-network",
  });
  const user = data?.user;
  if (user && !user.identityVerification) return null;
  return user ? (
    <Loaded user={user} />
  ) : (
    <Section title={t("verification.title")} flush>
      {error ? (
        <ErrorState fault={faultOf(error)} onRetry={() => again({ requestPolicy: "network-only" })} />
      ) : (
        <TimelineLoading label={t("user.loading")} />
      )}
    </Section>
  );
}

function Loaded({ user }: { user: User }) {
  const { t } = useTranslation("admin");
  const verification = readFragment(VerificationStateFragment, user.identityVerification);
  const [open, setOpen] = useState<"initiate" | "reset" | "bring">();
  const why = useId();
  if (!verification) return null;
  const { status, applicable } = verification;
  const running = status === "REQUESTED" || status === "SUBMITTED";
  const barred =
    user.state !== "ACTIVE" ? t("verification.inactive") : applicable ? undefined : t("verification.notApplicable");
  const close = () => setOpen(undefined);
  return (
    <Section
      title={t("verification.title")}
      actions={
        <div className={classes.acts}>
          {status === "SUBMITTED" && verification.provider === "MANUAL" && <ReviewLink number={user.number} />}
          {!running && (
            <Button
              variant="default"
              size="xs"
              data-disabled={barred ? true : undefined}
              aria-disabled={Boolean(barred)}
              aria-describedby={barred ? why : undefined}
              onClick={() => !barred && setOpen("initiate")}
            >
              {t("initiate.action")}
            </Button>
          )}
          {status !== "NOT_REQUESTED" && (
            <Button variant="default" size="xs" onClick={() => setOpen("reset")}>
              {t("withdraw.action")}
            </Button>
          )}
          <Button variant="default" size="xs" onClick={() => setOpen("bring")}>
            {t("bring.action")}
          </Button>
        </div>
      }
      flush
    >
      <div className={classes.state}>
        <State verification={verification} />
        {barred && !running && (
          <p id={why} className={classes.why}>
            {barred}
          </p>
        )}
      </div>
      <VerificationHistory verification={verification} />
      {open === "initiate" && (
        <InitiateDialog user={user} approved={verification.status === "APPROVED"} onClose={close} />
      )}
      {open === "reset" && <WithdrawDialog user={user} onClose={close} />}
      {open === "bring" && <BringDialog user={user} onClose={close} />}
    </Section>
  );
}

function ReviewLink({ number }: { number: number }) {
  const { t } = useTranslation("admin");
  return (
    <Button
      component={Link}
      to={`/admin/verifications/${number}`}
      size="xs"
      leftSection={<IconUserScan size={15} stroke={1.8} aria-hidden="true" />}
    >
      {t("verification.review")}
    </Button>
  );
}

/** Where it stands: since when, by whom, until when, and why. */
function State({ verification }: { verification: VerificationState_VerificationFragment }) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const formats = useFormats();
  const stepBy = useStepBy();
  const providerName = useProviderName();
  const { status, provider, expiresAt, cause, reason, triesLeft, approvedOnce } = verification;
  const { history } = readFragment(VerificationHistoryFragment, verification);
  const { since, step } = sinceWhen(verification, history);
  const facts: (false | "" | null | undefined | readonly [string, ReactNode])[] = [
    [t("verification.status"), <VerificationBadge key="status" status={status} />],
    since && [t("verification.since"), formats.dateTime(since)],
    step && [t("verification.byWhom"), stepBy(step)],
    provider && [t("verification.decides"), providerName(provider)],
    approvedOnce && [t("queue.once"), t("queue.second")],
    status === "APPROVED" && [
      t("verification.until"),
      expiresAt ? formats.dateTime(expiresAt) : t("verification.good"),
    ],
    cause && [t("verification.cause"), c(`verification.cause.${cause}`)],
    reason && [t("verification.reason"), reason],
    status === "REJECTED" && [t("verification.triesLeft"), formats.number(triesLeft)],
  ];
  return <Facts facts={facts.filter((fact) => typeof fact === "object" && fact !== null)} />;
}

/** Since when it stands there, and the step that brought it there. An approval that is over may have no step of its own yet. */
function sinceWhen(
  { status, requestedAt, submittedAt, decidedAt, expiresAt }: VerificationState_VerificationFragment,
  history: readonly VerificationStep[],
) {
  const moments: Partial<Record<VerificationStatus, string | null>> = {
    REQUESTED: requestedAt,
    SUBMITTED: submittedAt,
    APPROVED: decidedAt,
    REJECTED: decidedAt,
    EXPIRED: expiresAt,
  };
  // A reset leaves nothing but its step. Results of earlier days are steps too, of other moments.
  const since = moments[status];
  const step = history.find((one) => one.status === status && (status === "NOT_REQUESTED" || one.at === since));
  return { since: since ?? step?.at, step };
}
