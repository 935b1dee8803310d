import { IconAlertTriangle, IconHistory, IconLogin2 } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import { faultOf } from "../../lib/api/fault";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Section } from "../../ui/Section";
import { Timeline, TimelineEntry, TimelineLoading, TimelineMore } from "../../ui/Timeline";
import { useDeviceWords } from "./useDeviceWords";

const SignInHistorySectionDocument = graphql(`
  query SignInHistorySection($after: String) {
    viewer {
      user {
        id
        signIns(first: 10, after: $after) {
          edges {
            cursor
            node {
              at
              outcome
              browser
              system
              address
            }
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  }
`);

/** Who signed in as the user, or tried to: the newest first. */
export function SignInHistorySection() {
  const { t } = useTranslation("client");
  return (
    <Section title={t("signIns.title")} lead={t("signIns.lead")} flush>
      <Chunk />
    </Section>
  );
}

/** A page, and on demand those after it. */
function Chunk({ after }: { after?: string }) {
  const { t } = useTranslation("client");
  const words = useDeviceWords();
  const [{ data, error }, again] = useQuery({
    query: SignInHistorySectionDocument,
    variables: { after },
    requestPolicy: "cache-and-network",
  });
  const history = data?.viewer.user?.signIns;
  if (!history && error) {
    return <ErrorState fault={faultOf(error)} onRetry={() => again({ requestPolicy: "network-only" })} />;
  }
  if (!history && !data) return <TimelineLoading label={t("signIns.loading")} />;
  if (!history || (!after && history.edges.length === 0)) {
    return (
      <EmptyState icon={IconHistory} title={t("signIns.none")}>
        {t("signIns.noneHint")}
      </EmptyState>
    );
  }
  const { hasNextPage, endCursor } = history.pageInfo;
  return (
    <>
      <Timeline label={t("signIns.title")} further={Boolean(after)}>
        {history.edges.map(({ cursor, node }) => (
          <TimelineEntry
            key={cursor}
            icon={node.outcome === "SIGNED_IN" ? IconLogin2 : IconAlertTriangle}
            notable={node.outcome !== "SIGNED_IN"}
            title={t(`signIns.outcome.${node.outcome}`)}
            facts={[words(node), node.address || t("sessions.unknownAddress")]}
            at={node.at}
          />
        ))}
      </Timeline>
      {hasNextPage && endCursor && <TimelineMore>{() => <Chunk after={endCursor} />}</TimelineMore>}
    </>
  );
}
