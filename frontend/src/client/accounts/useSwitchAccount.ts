import { useCallback } from "react";
import { graphql } from "../../gen";
import { useAct } from "../../lib/api/useAct";

export const SwitchAccountDocument = graphql(`
  mutation SwitchAccount($input: SwitchAccountInput!) {
    switchAccount(input: $input) {
      viewer {
        account {
          id
          number
          name
        }
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

/** Acts for another account of the viewer's from here on; true when that was done. */
export function useSwitchAccount(): [switchTo: (account: { id: string }) => Promise<boolean>, busy: boolean] {
  const [run, busy] = useAct(SwitchAccountDocument);
  const switchTo = useCallback(async ({ id }: { id: string }) => (await run({ input: { accountId: id } })).ok, [run]);
  return [switchTo, busy];
}
