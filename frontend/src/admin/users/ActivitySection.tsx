import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import { ActivityList } from "../../lib/activity/ActivityList";
import { Section } from "../../ui/Section";

const UserActivityDocument = graphql(`
  query UserActivity($number: Int!, $after: String) {
    user(number: $number) {
      id
      activity(first: 10, after: $after) {
        ...ActivityList_page
      }
    }
  }
`);

/** What was done to the user's sign-in, data and accesses, the newest first. */
export function ActivitySection({ number }: { number: number }) {
  const { t } = useTranslation("common");
  return (
    <Section title={t("activity.title")} flush>
      <Chunk number={number} />
    </Section>
  );
}

function Chunk({ number, after }: { number: number; after?: string }) {
  const [{ data, error }, again] = useQuery({
    query: UserActivityDocument,
    variables: { number, after },
    requestPolicy: "cache-and-network",
  });
  return (
    <ActivityList
      on="user"
      page={data?.user?.activity}
      error={error}
      onRetry={() => again({ requestPolicy: "network-only" })}
      after={after}
      next={(after) => <Chunk number={number} after={after} />}
    />
  );
}
