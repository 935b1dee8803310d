import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useClient } from "urql";
import { type Fault, faultOf } from "./fault";

/** A page as a query brings it. */
export interface Loaded<Row> {
  rows: readonly Row[];
  pageInfo: { hasNextPage: boolean; endCursor?: string | null };
}

/** A list as far as it was fetched. */
export interface Pages<Row> {
  rows: readonly Row[];
  /** There are rows after these. */
  more: boolean;
  fetchMore: () => void;
  /** Fetches the list anew from its beginning. */
  retry: () => void;
  loading: boolean;
  fault?: Fault;
}

interface State<Data> {
  pages: readonly Data[];
  loading: boolean;
  fault?: Fault;
}

/**
 * A list, page after page. Rows follow the cache: what was changed elsewhere shows here. While another list is on its way
 * the last one stays in sight. `variables` must stay the same object while they are the same, and so must `read`, which
 * finds the page in an answer.
 */
export function usePages<Data, Variables extends { after?: string | null }, Row extends { id: string }>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Omit<Variables, "after">,
  read: (data: Data) => Loaded<Row> | null | undefined,
): Pages<Row> & { first?: Data } {
  const client = useClient();
  const [state, setState] = useState<State<Data>>({ pages: [], loading: true });
  const [tries, setTries] = useState(0);
  const load = useRef<(after?: string | null) => void>(() => {});

  // biome-ignore lint/correctness/useExhaustiveDependencies: another try starts anew
  useEffect(() => {
    const running: { unsubscribe: () => void }[] = [];
    const pages: Data[] = [];
    load.current = (after) => {
      const place = running.length;
      setState((old) => ({ ...old, loading: true, fault: undefined }));
      const source = client.query(document, { ...variables, after } as Variables, {
        requestPolicy: "cache-and-network",
      });
      const subscription = source.subscribe(({ data, error, stale }) => {
        if (data) pages[place] = data;
        setState((old) => ({
          // A page that was refused leaves its place empty; asked for again, it comes in another.
          pages: pages.length > 0 ? pages.filter((page) => page !== undefined) : error ? [] : old.pages,
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
  }, [client, document, variables, tries]);

  const pages = useMemo(() => state.pages.map(read).filter((page) => page != null), [state.pages, read]);
  const last = pages.at(-1)?.pageInfo;
  const more = last?.hasNextPage ?? false;
  const fetchMore = useCallback(() => load.current(last?.endCursor), [last?.endCursor]);
  const retry = useCallback(() => setTries((n) => n + 1), []);
  // A page may have moved on while another was fetched: each row is shown once.
  const rows = useMemo(
    () => [...new Map(pages.flatMap(({ rows }) => rows).map((row) => [row.id, row])).values()],
    [pages],
  );
  /** The first answer, for what it says beside the rows. */
  const first = state.pages[0];
  return { rows, more, fetchMore, retry, loading: state.loading, fault: state.fault, first };
}
