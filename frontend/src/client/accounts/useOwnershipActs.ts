import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { fieldErrors } from "../../lib/api/fieldErrors";
import { type UserError, useAct } from "../../lib/api/useAct";
import { toastBad, toastGood } from "../../ui/toast";

const AcceptOwnershipDocument = graphql(`
  mutation AcceptOwnership($input: AcceptOwnershipInput!) {
    acceptOwnership(input: $input) {
      account {
        id
        viewerPermissions
        owner {
          id
          name
        }
        ownershipOffer {
          expiresAt
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

const WithdrawOwnershipOfferDocument = graphql(`
  mutation WithdrawOwnershipOffer($input: WithdrawOwnershipOfferInput!) {
    withdrawOwnershipOffer(input: $input) {
      account {
        id
        ownershipOffer {
          expiresAt
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

interface Account {
  id: string;
  name: string;
}

/** Accepts an offer of ownership, or ends it; tells how it went. `onDone` runs after each that was done. */
export function useOwnershipActs(onDone: () => void) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const [accept, accepting] = useAct(AcceptOwnershipDocument);
  const [withdraw, withdrawing] = useAct(WithdrawOwnershipOfferDocument);
  const settle = (outcome: { ok: boolean; userErrors?: readonly UserError[]; fault?: unknown }, done: string) => {
    if (outcome.ok) {
      toastGood(done);
      onDone();
    } else if (!outcome.fault) toastBad(fieldErrors(c, outcome.userErrors ?? [], []).rest.join(" "));
  };
  return {
    busy: accepting || withdrawing,
    accept: async ({ id, name }: Account) =>
      settle(await accept({ input: { accountId: id } }), t("ownership.accepted", { name })),
    withdraw: async ({ id, name }: Account) =>
      settle(await withdraw({ input: { accountId: id } }), t("ownership.withdrawn", { name })),
  };
}
