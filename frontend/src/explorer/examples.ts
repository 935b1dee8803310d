import { parse, print } from "graphql";
import { graphql } from "../gen/explorer";
import type { AccountPermission, AdminPermission, SampleIdsQuery, TypedDocumentString } from "../gen/explorer/graphql";
import { ask } from "./identity";

const SampleIdsDocument = graphql(`
  query SampleIds($listsAccounts: Boolean!) {
    viewer {
      accounts(first: 100) {
        nodes {
          account {
            id
            viewerPermissions
          }
        }
      }
    }
    accounts(first: 1) @include(if: $listsAccounts) {
      nodes {
        id
        owner {
          id
        }
      }
    }
  }
`);

const WhoAmIDocument = graphql(`
  query WhoAmI {
    viewer {
      kind
      user {
        name
        email
      }
      permissions
      accounts(first: 20) {
        nodes {
          account {
            id
            number
            name
            viewerPermissions
          }
        }
      }
    }
  }
`);

const UsersWithoutTwoFactorDocument = graphql(`
  query UsersWithoutTwoFactor($first: Int!, $after: String) {
    users(
      first: $first
      after: $after
      filter: { twoFactorEnabled: false, state: [ACTIVE] }
      orderBy: { field: LAST_LOGIN, direction: DESC }
    ) {
      nodes {
        id
        number
        name
        email
        lastLoginAt
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const ExplainAccessDocument = graphql(`
  query ExplainAccess($userId: ID!, $accountId: ID!, $permission: AccountPermission!) {
    explainAccess(userId: $userId, accountId: $accountId, permission: $permission) {
      allowed
      facts
      user {
        name
      }
      account {
        number
        name
      }
    }
  }
`);

const InviteUserDocument = graphql(`
  mutation InviteUser($input: InviteUserInput!) {
    inviteUser(input: $input) {
      invitation {
        id
        email
        permissions
        expiresAt
        delivery
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

const SendPasswordResetDocument = graphql(`
  mutation SendPasswordReset($input: SendPasswordResetInput!) {
    sendPasswordReset(input: $input) {
      user {
        name
        email
      }
      delivery
      userErrors {
        field
        code
        message
      }
    }
  }
`);

/** IDs and permissions that make the examples run for who is here. */
export interface Samples {
  /** The viewer: a mail that an example sends should reach nobody else. */
  userId: string;
  /** An account of the viewer's, or for staff any; without one, the variable is for people to fill in. */
  accountId: string;
  /** Somebody to ask about in that account. */
  memberId: string;
  /** What the viewer can offer there. */
  permission: AccountPermission;
}

const missing = "ID-OF-AN-ACCOUNT";

/** Finds the samples, as far as the viewer may see them. Throws an ExplorerFault. */
export async function findSamples(userId: string, permissions: readonly AdminPermission[]): Promise<Samples> {
  return readSamples(userId, await ask(SampleIdsDocument, { listsAccounts: permissions.includes("LIST_ACCOUNTS") }));
}

export function readSamples(userId: string, { viewer, accounts }: SampleIdsQuery): Samples {
  const own = viewer.accounts.nodes.map(({ account }) => account);
  const managed = own.find(({ viewerPermissions }) => viewerPermissions.includes("MANAGE_USERS")) ?? own[0];
  const [any] = accounts?.nodes ?? [];
  return {
    userId,
    accountId: managed?.id ?? any?.id ?? missing,
    memberId: managed ? userId : (any?.owner.id ?? userId),
    permission: managed?.viewerPermissions[0] ?? "INVOICES",
  };
}

/** The key of its texts in explorer.json, under "examples". */
export type ExampleName = "whoAmI" | "withoutTwoFactor" | "explainAccess" | "invite" | "passwordReset";

export interface Example {
  name: ExampleName;
  query: string;
  variables: (samples: Samples) => Record<string, unknown>;
  /** The admin permission that alone decides. */
  needs?: AdminPermission;
  /** Running it does something. */
  changes: boolean;
}

function example<V extends Record<string, unknown>>(
  name: ExampleName,
  document: TypedDocumentString<unknown, V>,
  variables: (samples: Samples) => V,
  needs?: AdminPermission,
): Example {
  const query = print(parse(String(document)));
  return { name, query, variables, needs, changes: query.startsWith("mutation") };
}

/** One operation for each of the main jobs, the harmless ones first. */
export const examples: readonly Example[] = [
  example("whoAmI", WhoAmIDocument, () => ({})),
  example("withoutTwoFactor", UsersWithoutTwoFactorDocument, () => ({ first: 50 }), "LIST_USERS"),
  example("explainAccess", ExplainAccessDocument, ({ memberId, accountId, permission }) => ({
    userId: memberId,
    accountId,
    permission,
  })),
  example("invite", InviteUserDocument, ({ accountId, permission }) => ({
    input: { accountId, email: "new.colleague@example.com", permissions: [permission] },
  })),
  example("passwordReset", SendPasswordResetDocument, ({ userId }) => ({ input: { userId } }), "RESET_USER_PASSWORD"),
];
