import { IconHistory } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import { ActivityEntry } from "../../lib/activity/ActivityEntry";
import { faultOf } from "../../lib/api/fault";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Section } from "../../ui/Section";
import { Timeline, TimelineLoading, TimelineMore } from "../../ui/Timeline";

const ActivitySectionDocument = graphql(`
  query ActivitySection($after: String) {
    viewer {
      activity(first: 10, after: $after) {
        edges {
          cursor
          node {
            ...ActivityEntry_activity
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

/** What was changed about the user's sign-in and data, by themselves and by staff: the newest first. */
export function ActivitySection() {
  const { t } = useTranslation("common");
  return (
    <Section title={t("activity.title")} lead={t("activity.lead")} flush>
      <Chunk />
    </Section>
  );
}

/** A page, and on demand those after it. */
function Chunk({ after }: { after?: string }) {
  const { t } = useTranslation("common");
  const [{ data, error }, again] = useQuery({
    query: ActivitySectionDocument,
    variables: { after },
    requestPolicy: "cache-and-network",
  });
  const activity = data?.viewer.activity;
  if (!activity && error) {
    return <ErrorState fault={faultOf(error)} onRetry={() => again({ requestPolicy: "network-only" })} />;
  }
  if (!activity) return <TimelineLoading label={t("activity.loading")} />;
  if (!after && activity.edges.length === 0) {
    return (
      <EmptyState icon={IconHistory} title={t("activity.none")}>
        {t("activity.noneHint")}
      </EmptyState>
    );
  }
  const { hasNextPage, endCursor } = activity.pageInfo;
  return (
    <>
      <Timeline label={t("activity.title")} further={Boolean(after)}>
        {activity.edges.map(({ cursor, node }) => (
          <ActivityEntry key={cursor} activity={node} on="self" />
        ))}
      </Timeline>
      {hasNextPage && endCursor && <TimelineMore>{() => <Chunk after={endCursor} />}</TimelineMore>}
    </>
  );
}
