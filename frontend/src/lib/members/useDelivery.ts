import { useEffect } from "react";
import { useClient } from "urql";
import { graphql } from "../../gen";
import type { DeliveryStatus } from "../../gen/graphql";

const InvitationDeliveryDocument = graphql(`
  query InvitationDelivery($ids: [ID!]!) {
    nodes(ids: $ids) {
      id
      ... on Invitation {
        delivery
      }
    }
  }
`);

/** In milliseconds: most mails leave at once; one that waits for a server may wait for hours. */
const soon = 1000;
const late = 60_000;

/** Asks after mails that are on their way, ever more rarely, until each was sent or failed; the rows follow by the cache. */
export function useDelivery(invitations: readonly { id: string; delivery: DeliveryStatus }[]): void {
  const client = useClient();
  const waiting = invitations
    .filter(({ delivery }) => delivery === "QUEUED")
    .map(({ id }) => id)
    .join(" ");
  useEffect(() => {
    if (!waiting) return;
    let timer: ReturnType<typeof setTimeout>;
    const ask = (after: number) => {
      timer = setTimeout(async () => {
        if (!document.hidden) {
          const ids = waiting.split(" ");
          await client.query(InvitationDeliveryDocument, { ids }, { requestPolicy: "network-only" }).toPromise();
        }
        ask(Math.min(after * 2, late));
      }, after);
    };
    ask(soon);
    return () => clearTimeout(timer);
  }, [client, waiting]);
}
