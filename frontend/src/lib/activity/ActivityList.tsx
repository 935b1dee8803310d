import { IconHistory } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { CombinedError } from "urql";
import { type FragmentType, graphql, readFragment } from "../../gen";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Timeline, TimelineLoading, TimelineMore } from "../../ui/Timeline";
import { faultOf } from "../api/fault";
import { ActivityEntry, type Side } from "./ActivityEntry";

const ActivityListFragment = graphql(`
  fragment ActivityList_page on ActivityConnection {
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
`);

interface Props {
  on: Side;
  page?: FragmentType<typeof ActivityListFragment> | null;
  error?: CombinedError;
  onRetry: () => void;
  /** The cursor that the page follows; none for the first. */
  after?: string;
  /** What an empty list may say besides. */
  hint?: string;
  /** The page that follows a cursor, shown on demand. */
  next: (after: string) => ReactNode;
}

/** A page of what was done, the newest first, and on demand those after it. */
export function ActivityList({ on, page: masked, error, onRetry, after, hint, next }: Props) {
  const { t } = useTranslation("common");
  const page = readFragment(ActivityListFragment, masked);
  if (!page && error) return <ErrorState fault={faultOf(error)} onRetry={onRetry} />;
  if (!page) return <TimelineLoading label={t("activity.loading")} />;
  if (!after && page.edges.length === 0) {
    return (
      <EmptyState icon={IconHistory} title={t("activity.none")}>
        {hint}
      </EmptyState>
    );
  }
  const { hasNextPage, endCursor } = page.pageInfo;
  return (
    <>
      <Timeline label={t("activity.title")} further={Boolean(after)}>
        {page.edges.map(({ cursor, node }) => (
          <ActivityEntry key={cursor} activity={node} on={on} />
        ))}
      </Timeline>
      {hasNextPage && endCursor && <TimelineMore>{() => next(endCursor)}</TimelineMore>}
    </>
  );
}
