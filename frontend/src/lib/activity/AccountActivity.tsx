import { IconHistory } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Section } from "../../ui/Section";
import { Timeline, TimelineLoading, TimelineMore } from "../../ui/Timeline";
import { faultOf } from "../api/fault";
import { ActivityEntry } from "./ActivityEntry";

const AccountActivityDocument = graphql(`
  query AccountActivity($number: Int!, $after: String) {
    account(number: $number) {
      id
      activity(first: 25, after: $after) {
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

/** What was done to the account and in it, the newest first. */
export function AccountActivity({ number }: { number: number }) {
  const { t } = useTranslation("common");
  return (
    <Section title={t("activity.title")} flush>
      <Chunk number={number} />
    </Section>
  );
}

function Chunk({ number, after }: { number: number; after?: string }) {
  const { t } = useTranslation("common");
  const [{ data, error }, again] = useQuery({
    query: AccountActivityDocument,
    variables: { number, after },
    requestPolicy: "cache-and-network",
  });
  const activity = data?.account?.activity;
  if (!activity && error) {
    return <ErrorState fault={faultOf(error)} onRetry={() => again({ requestPolicy: "network-only" })} />;
  }
  if (!activity) return <TimelineLoading label={t("activity.loading")} />;
  if (!after && activity.edges.length === 0) return <EmptyState icon={IconHistory} title={t("activity.none")} />;
  const { hasNextPage, endCursor } = activity.pageInfo;
  return (
    <>
      <Timeline label={t("activity.title")} further={Boolean(after)}>
        {activity.edges.map(({ cursor, node }) => (
          <ActivityEntry key={cursor} activity={node} on="account" />
        ))}
      </Timeline>
      {hasNextPage && endCursor && <TimelineMore>{() => <Chunk number={number} after={endCursor} />}</TimelineMore>}
    </>
  );
}
