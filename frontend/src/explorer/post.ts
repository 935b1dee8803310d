/** An operation as GraphQL over HTTP sends it. */
export interface Operation {
  query: string;
  variables?: Record<string, unknown>;
  operationName?: string;
}

/** What an operation costs, and what the viewer has left. */
export interface Cost {
  cost: number;
  limit: number;
  remaining: number;
  resetAt: string;
}

export interface Answer {
  data?: Record<string, unknown> | null;
  errors?: { message: string; extensions?: Record<string, unknown> }[];
  extensions?: { cost?: Cost } & Record<string, unknown>;
}

export interface Sending {
  /** Whose rights the request has: an API token's, or without one those of who is signed in. */
  token?: string;
  /** Has the operation weighed, and not run. */
  weigh?: boolean;
  signal?: AbortSignal;
}

/** Sends one operation. With a token no cookie goes along. Throws when no answer in JSON comes. */
export async function post(operation: Operation, { token, weigh, signal }: Sending = {}): Promise<Answer> {
  const answer = await fetch(weigh ? "/graphql/cost" : "/graphql", {
    method: "POST",
    credentials: token === undefined ? "same-origin" : "omit",
    headers: {
      accept: "application/graphql-response+json",
      "content-type": "application/json",
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(operation),
    signal,
  });
  return (await answer.json()) as Answer;
}
