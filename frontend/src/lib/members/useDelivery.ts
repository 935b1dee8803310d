import { useEffect } from "react";
import { useClient } from "urql";
import { graphql } from "../../gen";
import type { DeliveryStatus } from "../../gen/graphql";

const InvitationDeliveryDocument = graphql(`
  query InvitationDelivery($ids: [ID!]!) {
    nodes(ids: $ids) {
      id
      ... on Invitation {
        status
        delivery
      }
    }
  }
`);

// In milliseconds. Most mails leave at once. One that waits for a server may wait for hours, and nobody asks for so long: a
// page that was left must not keep its session alive (security.md #18).
const pauses = [1000, 2000, 4000, 8000];

/** The API's limit (security.md #59). */
const most = 100;

/** Asks a few times after mails that are on their way, until each was sent or failed; the rows follow by the cache. */
export function useDelivery(invitations: readonly { id: string; delivery: DeliveryStatus }[]): void {
  const client = useClient();
  const waiting = invitations
    .filter(({ delivery }) => delivery === "QUEUED")
    .map(({ id }) => id)
    .slice(0, most)
    .join(" ");
  useEffect(() => {
    if (!waiting) return;
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = ([pause, ...later]: readonly number[]) => {
      if (pause === undefined) return;
      timer = setTimeout(async () => {
        const ids = waiting.split(" ");
        const { error } = await client
          .query(InvitationDeliveryDocument, { ids }, { requestPolicy: "network-only" })
          .toPromise();
        if (!over && !error) ask(later);
      }, pause);
    };
    ask(pauses);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [client, waiting]);
}
