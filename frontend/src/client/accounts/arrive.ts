import { graphql } from "../../gen";
import type { Api } from "../../lib/api/api";
import { homeOf } from "../../lib/session/guards";
import { SwitchAccountDocument } from "./useSwitchAccount";

const ArrivalDocument = graphql(`
  query Arrival {
    viewer {
      account {
        id
      }
      accounts(first: 25) {
        nodes {
          id
          account {
            id
            status
          }
        }
      }
    }
  }
`);

/**
 * Where to go after a sign-in. A customer with one account that is open acts for it from here on; with several, they
 * choose first.
 */
export async function arrive(api: Api): Promise<string> {
  const session = await api.session();
  if (session.viewer.kind !== "USER") return homeOf(session);
  const { data } = await api.client.query(ArrivalDocument, {}).toPromise();
  const open = data?.viewer.accounts.nodes.filter(({ account }) => account.status !== "CLOSED") ?? [];
  if (data?.viewer.account || open.length === 0) return homeOf(session);
  if (open.length > 1) return "/accounts";
  await api.client.mutation(SwitchAccountDocument, { input: { accountId: open[0]?.account.id ?? "" } }).toPromise();
  return homeOf(session);
}
