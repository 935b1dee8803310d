import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { useToldAct } from "../../lib/api/useToldAct";

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
  const [accept, accepting] = useToldAct(AcceptOwnershipDocument);
  const [withdraw, withdrawing] = useToldAct(WithdrawOwnershipOfferDocument);
  return {
    busy: accepting || withdrawing,
    accept: async ({ id, name }: Account) => {
      if (await accept({ input: { accountId: id } }, t("ownership.accepted", { name }))) onDone();
    },
    withdraw: async ({ id, name }: Account) => {
      if (await withdraw({ input: { accountId: id } }, t("ownership.withdrawn", { name }))) onDone();
    },
  };
}
