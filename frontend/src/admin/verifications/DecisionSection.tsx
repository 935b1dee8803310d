import { Button } from "@mantine/core";
import { IconArrowRight, IconCheck, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { type FragmentType, graphql, readFragment } from "../../gen";
import { useFormats } from "../../lib/format";
import { useSession } from "../../lib/session/useSession";
import { VerificationBadge } from "../../lib/verification/VerificationBadge";
import { Banner } from "../../ui/Banner";
import { Section } from "../../ui/Section";
import { Theirs } from "../../ui/Theirs";
import { toastGood } from "../../ui/toast";
import { useProviderName, useStepBy, VerificationHistoryFragment } from "../verificationWords";
import { ApproveDialog } from "./ApproveDialog";
import { RejectDialog } from "./RejectDialog";
import classes from "./ReviewPage.module.css";
import { ReviewFieldsFragment, type Verification } from "./reviewFields";
import type { Decided } from "./useDecide";

interface Props {
  user: { id: string; name: string };
  verification: FragmentType<typeof ReviewFieldsFragment>;
  /** What stands is to be read anew. */
  onAgain: () => void;
}

/** Approve or reject; then what became of it, and the way to the next. */
export function DecisionSection({ user, verification: masked, onAgain }: Props) {
  const { t } = useTranslation("admin");
  const verification = readFragment(ReviewFieldsFragment, masked);
  const [open, setOpen] = useState<"approve" | "reject">();
  const [decided, setDecided] = useState<Decided>();
  const place = useRef<HTMLDivElement>(null);
  const settled = decided?.how === "done" || decided?.how === "late";
  // The buttons are gone, and the focus with them: it goes on where the outcome is told.
  useEffect(() => {
    if (settled) place.current?.focus({ preventScroll: true });
  }, [settled]);
  const onDecided = (outcome: Decided) => {
    setOpen(undefined);
    if (outcome.how === "failed" || outcome.how === "refused") return;
    setDecided(outcome);
    if (outcome.how === "done") toastGood(doneText(outcome.verification));
  };
  const doneText = ({ status, approvedOnce }: Verification) =>
    t(
      status === "APPROVED"
        ? "review.approved"
        : status === "REJECTED"
          ? "review.rejected"
          : approvedOnce
            ? "review.approvedOnce"
            : "review.recorded",
      { name: user.name },
    );
  const dialog = { user, onClose: () => setOpen(undefined), onDecided };
  return (
    <Section title={t("review.decision")}>
      <div ref={place} tabIndex={-1} className={classes.decision} style={{ outline: "none" }}>
        {decided?.how === "late" ? (
          <Theirs
            text={t("review.late")}
            take={t("review.lateTake")}
            onTake={() => {
              setDecided(undefined);
              onAgain();
            }}
          >
            <Standing verification={decided.verification} />
          </Theirs>
        ) : decided?.how === "done" ? (
          <Banner tone={decided.verification.status === "REJECTED" ? "neutral" : "good"}>
            <p>{doneText(decided.verification)}</p>
          </Banner>
        ) : (
          <Open user={user} verification={verification} onOpen={setOpen} />
        )}
        {(settled || verification.status !== "SUBMITTED") && (
          <Next userId={user.id} submittedAt={verification.submittedAt} />
        )}
      </div>
      {open === "approve" && <ApproveDialog {...dialog} verification={verification} />}
      {open === "reject" && <RejectDialog {...dialog} version={verification.version} />}
    </Section>
  );
}

interface OpenProps {
  user: { id: string };
  verification: Verification;
  onOpen: (what: "approve" | "reject") => void;
}

/** What can be decided; where nothing can, why not. */
function Open({ user, verification, onOpen }: OpenProps) {
  const { t } = useTranslation("admin");
  const { viewer } = useSession();
  const providerName = useProviderName();
  const formats = useFormats();
  const { status, provider, approvedOnce, viewerApprovedAt } = verification;
  if (status !== "SUBMITTED") return <Standing verification={verification} />;
  if (provider && provider !== "MANUAL") return <p>{t("review.elsewhere", { provider: providerName(provider) })}</p>;
  if (user.id === viewer.user?.id) return <p>{t("review.own")}</p>;
  return (
    <>
      {approvedOnce && (
        <Banner tone="accent">
          <p>
            {viewerApprovedAt
              ? t("review.already", { moment: formats.dateTime(viewerApprovedAt) })
              : t("review.second")}
          </p>
        </Banner>
      )}
      <div className={classes.acts}>
        {!viewerApprovedAt && (
          <Button leftSection={<IconCheck size={16} stroke={2} aria-hidden="true" />} onClick={() => onOpen("approve")}>
            {t("review.approveAction")}
          </Button>
        )}
        <Button
          variant="default"
          leftSection={<IconX size={16} stroke={2} aria-hidden="true" />}
          onClick={() => onOpen("reject")}
        >
          {t("review.rejectAction")}
        </Button>
      </div>
    </>
  );
}

/** How it stands, and who brought it there. */
function Standing({ verification }: { verification: Verification }) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const formats = useFormats();
  const stepBy = useStepBy();
  const { status, cause, reason } = verification;
  const { history } = readFragment(VerificationHistoryFragment, verification);
  const last = history.find((step) => step.status === status);
  return (
    <>
      <p>
        <VerificationBadge status={status} />
      </p>
      {last && <p>{t("review.byAt", { name: stepBy(last), moment: formats.dateTime(last.at) })}</p>}
      {cause && <p>{c(`verification.cause.${cause}`)}</p>}
      {reason && <p>{t("verification.said", { reason })}</p>}
    </>
  );
}

const NextVerificationDocument = graphql(`
  query NextVerification {
    identityVerificationQueue(first: 50) {
      nodes {
        submittedAt
        user {
          id
          number
          name
        }
      }
    }
  }
`);

interface NextProps {
  userId: string;
  submittedAt?: string | null;
}

/** The way on: to what waited a little less long, or else to the longest waiting. */
function Next({ userId, submittedAt }: NextProps) {
  const { t } = useTranslation("admin");
  const [{ data }] = useQuery({ query: NextVerificationDocument, requestPolicy: "network-only" });
  if (!data) return null;
  const others = data.identityVerificationQueue.nodes.filter(({ user }) => user.id !== userId);
  const time = (moment?: string | null) => Date.parse(moment ?? "");
  const later = others.find((one) => time(one.submittedAt) > time(submittedAt));
  const next = (later ?? others[0])?.user;
  return next ? (
    <Button
      component={Link}
      to={`/admin/verifications/${next.number}`}
      variant="default"
      className={classes.next}
      // It goes with its page.
      onClick={() => document.getElementById("main")?.focus({ preventScroll: true })}
      rightSection={<IconArrowRight size={16} stroke={1.8} aria-hidden="true" />}
    >
      {t("review.next", { name: next.name })}
    </Button>
  ) : (
    <p>{t("review.noNext")}</p>
  );
}
