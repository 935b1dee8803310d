import { useQuery } from "urql";
import { graphql } from "../../gen";
import type { UserFilter } from "../../gen/graphql";

const UsersCountDocument = graphql(`
  query UsersCount($filter: UserFilter) {
    users(first: 1, filter: $filter) {
      totalCount
      totalCountIsEstimate
    }
  }
`);

/** How many users match; asked on its own, so that the list never waits for it. */
export function useUsersCount(filter: UserFilter) {
  const [{ data }, again] = useQuery({ query: UsersCountDocument, variables: { filter } });
  return { count: data?.users, recount: () => again({ requestPolicy: "network-only" }) };
}
