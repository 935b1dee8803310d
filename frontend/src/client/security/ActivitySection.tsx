import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import { ActivityList } from "../../lib/activity/ActivityList";
import { Section } from "../../ui/Section";

const ActivitySectionDocument = graphql(`
  query ActivitySection($after: String) {
    viewer {
      activity(first: 10, after: $after) {
        ...ActivityList_page
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
  return (
    <ActivityList
      on="self"
      page={data?.viewer.activity}
      error={error}
      onRetry={() => again({ requestPolicy: "network-only" })}
      after={after}
      hint={t("activity.noneHint")}
      next={(after) => <Chunk after={after} />}
    />
  );
}
