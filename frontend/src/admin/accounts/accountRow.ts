import { graphql } from "../../gen";
import type { AccountRow_AccountFragment } from "../../gen/graphql";

/** What the list shows of an account. */
export const AccountRowFragment = graphql(`
  fragment AccountRow_account on Account {
    id
    number
    name
    email
    status
    createdAt
    owner {
      id
      number
      name
    }
  }
`);

export type AccountRow = AccountRow_AccountFragment;
