import { Skeleton } from "@mantine/core";
import { IconUserOff } from "@tabler/icons-react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import type { ReviewPageQuery } from "../../gen/graphql";
import { faultOf } from "../../lib/api/fault";
import { useCan } from "../../lib/session/useSession";
import { VerificationBadge } from "../../lib/verification/VerificationBadge";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { Section } from "../../ui/Section";
import { VerificationHistory } from "../VerificationHistory";
import { DecisionSection } from "./DecisionSection";
import { DocumentView } from "./DocumentView";
import classes from "./ReviewPage.module.css";
import { SubjectSection } from "./SubjectSection";

const route = getRouteApi("/admin/verifications/$number");

const ReviewPageDocument = graphql(`
  query ReviewPage($number: Int!, $withOrders: Boolean!) {
    user(number: $number) {
      id
      number
      name
      identityVerification {
        status
        files {
          name
          kind
          mediaType
          bytes
        }
        ...ReviewFields_verification
        ...VerificationHistory_verification
      }
      ...SubjectSection_user
    }
  }
`);

type Reviewed = NonNullable<ReviewPageQuery["user"]>;

/** What a user submitted to prove who they are, beside what is known of them, and the decision. */
export function ReviewPage() {
  const { number } = route.useParams();
  // Another user's is another page: nothing of this one may stay in sight.
  return <Review key={number} number={number} />;
}

function Review({ number }: { number: string }) {
  const { t } = useTranslation("admin");
  const can = useCan();
  const valid = /^[1-9]\d{0,9}$/.test(number);
  const [{ data, error, fetching }, ask] = useQuery({
    query: ReviewPageDocument,
    variables: { number: Number(number), withOrders: can("LIST_ACCOUNTS") },
    pause: !valid,
    requestPolicy: "cache-and-network",
  });
  const again = () => ask({ requestPolicy: "network-only" });
  const crumbs = [{ label: t("queue.title"), to: "/admin/verifications" }];
  const user = data?.user;
  if (user?.identityVerification) return <Loaded user={user} crumbs={crumbs} onAgain={again} />;
  return (
    <Page title={t("review.title")} crumbs={crumbs}>
      {error ? (
        <ErrorState fault={faultOf(error)} onRetry={again} />
      ) : user ? (
        <EmptyState title={t("queue.off")}>{t("queue.offHint")}</EmptyState>
      ) : valid && (fetching || !data) ? (
        <Waiting />
      ) : (
        <EmptyState icon={IconUserOff} title={t("user.none")}>
          {t("user.noneHint")}
        </EmptyState>
      )}
    </Page>
  );
}

interface Props {
  user: Reviewed;
  crumbs: readonly { label: string; to: string }[];
  onAgain: () => void;
}

function Loaded({ user, crumbs, onAgain }: Props) {
  const { t } = useTranslation("admin");
  const verification = user.identityVerification;
  if (!verification) return null;
  const { files } = verification;
  const missing = !files.some(({ kind }) => kind === "BACK");
  return (
    <Page
      title={user.name}
      mark={<VerificationBadge status={verification.status} />}
      lead={
        <Link to="/admin/users/$number" params={{ number: String(user.number) }}>
          {t("user.lead", { number: user.number })}
        </Link>
      }
      crumbs={crumbs}
      wide
    >
      <div className={classes.review}>
        <div className={classes.shown}>
          <Section
            title={t("review.documents")}
            lead={
              <>
                {t("review.looks")} <span className={classes.keys}>{t("review.keys")}</span>
              </>
            }
            flush
          >
            {files.length > 0 ? (
              <div className={classes.documents}>
                {[...files]
                  .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
                  .map((file) => (
                    <DocumentView key={file.name} file={file} />
                  ))}
                {missing && <p className={classes.missing}>{t("review.noBack")}</p>}
              </div>
            ) : (
              <EmptyState title={t("review.noFiles")}>{t("review.noFilesHint")}</EmptyState>
            )}
          </Section>
        </div>
        <div className={classes.aside}>
          <SubjectSection user={user} />
          <DecisionSection user={user} verification={verification} onAgain={onAgain} />
        </div>
        <div className={classes.past}>
          <Section title={t("verification.history")} flush>
            <VerificationHistory verification={verification} />
          </Section>
        </div>
      </div>
    </Page>
  );
}

/** Face and document are compared, so they stand side by side. */
const order = ["FRONT", "SELFIE", "BACK"];

function Waiting() {
  const { t } = useTranslation("admin");
  return (
    <Section title={t("review.documents")}>
      <div role="status" aria-label={t("user.loading")}>
        <Skeleton height="20rem" radius="md" />
      </div>
    </Section>
  );
}
