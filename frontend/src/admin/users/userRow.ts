import { graphql } from "../../gen";
import type { UserRow_UserFragment } from "../../gen/graphql";

/** What the list shows of a user. */
export const UserRowFragment = graphql(`
  fragment UserRow_user on User {
    id
    number
    name
    email
    emailVerified
    language
    state
    twoFactorEnabled
    securityQuestionSet
    lastLoginAt
    createdAt
    role {
      id
      name
    }
    identityVerification @include(if: $withVerification) {
      status
    }
  }
`);

export type UserRow = UserRow_UserFragment;
