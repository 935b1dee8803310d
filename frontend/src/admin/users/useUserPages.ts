import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useClient } from "urql";
import { type FragmentType, graphql, readFragment } from "../../gen";
import type { UserFilter, UserOrder } from "../../gen/graphql";
import { type Fault, faultOf } from "../../lib/api/fault";
import { UserRowFragment } from "./userRow";

const UsersDocument = graphql(`
  query Users($after: String, $filter: UserFilter, $orderBy: UserOrder) {
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

interface Loaded {
  rows: readonly FragmentType<typeof UserRowFragment>[];
  endCursor?: string | null;
  hasNext: boolean;
}

interface State {
  pages: readonly Loaded[];
  loading: boolean;
  fault?: Fault;
}

/**
 * The users that match, page after page. Rows follow the cache: what was changed elsewhere shows here. While another
 * list is on its way the last one stays in sight.
 */
export function useUserPages(filter: UserFilter, orderBy: UserOrder | undefined) {
  const client = useClient();
  const [state, setState] = useState<State>({ pages: [], loading: true });
  const [tries, setTries] = useState(0);
  const load = useRef<(after?: string | null) => void>(() => {});

  // biome-ignore lint/correctness/useExhaustiveDependencies: another try starts anew
  useEffect(() => {
    const running: { unsubscribe: () => void }[] = [];
    const pages: Loaded[] = [];
    load.current = (after) => {
      const place = running.length;
      setState((old) => ({ ...old, loading: true, fault: undefined }));
      const source = client.query(UsersDocument, { after, filter, orderBy }, { requestPolicy: "cache-and-network" });
      const subscription = source.subscribe(({ data, error, stale }) => {
        if (data) {
          const { nodes, pageInfo } = data.users;
          pages[place] = { rows: nodes, endCursor: pageInfo.endCursor, hasNext: pageInfo.hasNextPage };
        }
        setState((old) => ({
          pages: pages.length > 0 ? [...pages] : error ? [] : old.pages,
          loading: stale,
          fault: error && faultOf(error),
        }));
      });
      running.push(subscription);
    };
    load.current();
    return () => {
      for (const subscription of running) subscription.unsubscribe();
    };
  }, [client, filter, orderBy, tries]);

  const last = state.pages.at(-1);
  const more = last?.hasNext ?? false;
  const fetchMore = useCallback(() => load.current(last?.endCursor), [last?.endCursor]);
  const retry = useCallback(() => setTries((n) => n + 1), []);
  const rows = useMemo(() => {
    // A page may have moved on while another was fetched: each user is shown once.
    const known = new Map(
      state.pages
        .flatMap(({ rows }) => rows.map((row) => readFragment(UserRowFragment, row)))
        .map((row) => [row.id, row]),
    );
    return [...known.values()];
  }, [state.pages]);
  return { rows, more, fetchMore, retry, loading: state.loading, fault: state.fault };
}
