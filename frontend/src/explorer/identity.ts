import { graphql } from "../gen/explorer";
import type { TypedDocumentString, WhoQuery } from "../gen/explorer/graphql";
import { type Fault, readFault } from "../lib/api/fault";
import { post, type Sending } from "./post";

const WhoDocument = graphql(`
  query Who {
    viewer {
      kind
      permissions
      apiToken {
        name
      }
      user {
        id
        name
        language
        role {
          name
        }
      }
      accounts(first: 100) {
        nodes {
          account {
            id
          }
        }
      }
    }
    installation {
      company
    }
  }
`);

/** Who requests act as, and in whose installation. */
export type Who = WhoQuery;

/** The API did not answer a question of the explorer's own. */
export class ExplorerFault extends Error {
  constructor(readonly fault: Fault) {
    super(`asking the API: ${fault.code}`);
  }
}

/** Asks the API for what the explorer itself needs. Throws an ExplorerFault. */
export async function ask<Data, Variables extends Record<string, unknown>>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  sending: Sending = {},
): Promise<Data> {
  const operation = { query: String(document), variables };
  const { data, errors } = await post(operation, sending).catch(() => {
    throw new ExplorerFault({ code: "OFFLINE" });
  });
  if (errors?.[0]) throw new ExplorerFault(readFault(errors[0].extensions ?? {}));
  return data as Data;
}

/** Who is signed in, or who the token acts as. Throws an ExplorerFault: UNAUTHENTICATED for a token that is refused. */
export const whoIs = (token?: string): Promise<Who> => ask(WhoDocument, {}, { token });

/** The form of an API token; anything else need not be sent anywhere. */
export const isToken = (text: string): boolean => /^rat_[\w-]{43}$/.test(text);
