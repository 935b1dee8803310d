import { useMemo } from "react";
import { graphql, readFragment } from "../../gen";
import type { UserFilter, UserOrder, UsersQuery } from "../../gen/graphql";
import { usePages } from "../../lib/api/usePages";
import { UserRowFragment } from "./userRow";

const UsersDocument = graphql(`
  query Users($after: String, $filter: UserFilter, $orderBy: UserOrder, $withVerification: Boolean!) {
    users(first: 50, after: $after, filter: $filter, orderBy: $orderBy) {
      nodes {
        id
        ...UserRow_user
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const read = ({ users }: UsersQuery) => ({
  rows: users.nodes.map((row) => readFragment(UserRowFragment, row)),
  pageInfo: users.pageInfo,
});

/**
 * The users that match, page after page; with how far they came with proving who they are, to who may know. That hangs on
 * nothing that changes with the screen, as the width does that makes cards of rows: what is there would be asked for again.
 */
export function useUserPages(filter: UserFilter, orderBy: UserOrder | undefined, withVerification: boolean) {
  const variables = useMemo(() => ({ filter, orderBy, withVerification }), [filter, orderBy, withVerification]);
  return usePages(UsersDocument, variables, read);
}
