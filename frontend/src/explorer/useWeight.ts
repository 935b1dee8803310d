import { useGraphiQL } from "@graphiql/react";
import { useEffect, useMemo, useState } from "react";
import { isWhole } from "./operation";
import { type Operation, post } from "./post";
import { type Weight, weigh } from "./scale";
import { useExplorerSession } from "./session";

/** How long nothing is typed before the operation is weighed, in milliseconds. */
const pause = 400;

/** What the operation will cost; undefined while it is not whole, and where the server does not weigh. */
export function useWeight(operation?: Operation): Weight | undefined {
  const { acting } = useExplorerSession();
  const { schema, isFetching } = useGraphiQL(({ schema, isFetching }) => ({ schema, isFetching }));
  const whole = useMemo(
    () => (schema && operation && isWhole(schema, operation) ? operation : undefined),
    [schema, operation],
  );
  const [weighed, setWeighed] = useState<{ operation: Operation; by: typeof acting; weight?: Weight }>();
  useEffect(() => {
    // A run spends of what is left: it is weighed again after it.
    if (!whole || !acting || isFetching) return;
    const gone = new AbortController();
    const timer = setTimeout(() => {
      weigh(whole, { token: acting.token, signal: gone.signal }, post).then(
        (weight) => {
          if (!gone.signal.aborted) setWeighed({ operation: whole, by: acting, weight });
        },
        // Without an answer nothing is known, and nothing is said: whoever runs it is told.
        () => {},
      );
    }, pause);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [whole, acting, isFetching]);
  return whole && weighed?.operation === whole && weighed.by === acting ? weighed.weight : undefined;
}
