import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import { Section } from "../../ui/Section";
import { ActivityList } from "./ActivityList";

const AccountActivityDocument = graphql(`
  query AccountActivity($number: Int!, $after: String) {
    account(number: $number) {
      id
      activity(first: 25, after: $after) {
        ...ActivityList_page
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
  const [{ data, error }, again] = useQuery({
    query: AccountActivityDocument,
    variables: { number, after },
    requestPolicy: "cache-and-network",
  });
  return (
    <ActivityList
      on="account"
      page={data?.account?.activity}
      error={error}
      onRetry={() => again({ requestPolicy: "network-only" })}
      after={after}
      next={(after) => <Chunk number={number} after={after} />}
    />
  );
}
