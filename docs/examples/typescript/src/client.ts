// Asks Roster's API, with the types of the operation, and waits where time heals a refusal.
import { setTimeout as pause } from "node:timers/promises";
import type { TypedDocumentString } from "./gen/graphql.ts";

/** How often a request is sent at most, and for how many seconds the next time is waited for. */
const tries = 5;
const longest = 60;

interface Refusal {
  message: string;
  extensions: { code: string; permission?: string; reasons?: string[]; retryAfter?: number };
}

export class Refused extends Error {
  readonly code: string;

  constructor({ message, extensions: { code, permission, retryAfter } }: Refusal) {
    const more = permission ? ` (${permission})` : retryAfter ? ` Try again in ${retryAfter} s.` : "";
    super(`${code}: ${message}${more}`);
    this.code = code;
  }
}

export class Client {
  private readonly url: string;
  private readonly token: string;

  constructor(url: string, token: string) {
    this.url = `${url.replace(/\/$/, "")}/graphql`;
    this.token = token;
  }

  /**
   * Runs an operation, and sends it again when the answer got lost or was that time heals it: what changes something
   * needs a key, under which it is done once. Throws a Refused when it did not run; what is to be mended in its input is
   * in the payload's userErrors.
   */
  async ask<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
    key?: string,
  ): Promise<Result> {
    const body = JSON.stringify({ query: document.toString(), variables });
    for (let tried = 1; ; tried++) {
      const answer = await this.send<Result>(body, key).catch((cause: unknown) => {
        if (tried === tries) throw cause; // no answer came, or not all of it
      });
      const refusal = answer?.errors?.[0];
      if (answer && !refusal) return answer.data as Result;
      const { code, reasons, retryAfter = 1 } = refusal?.extensions ?? {};
      const heals = code === "RATE_LIMITED" || code === "TRY_LATER" || reasons?.includes("KEY_RUNNING");
      if (refusal && (!heals || tried === tries || retryAfter > longest)) throw new Refused(refusal);
      await pause(retryAfter * 1000);
    }
  }

  private async send<Result>(body: string, key?: string) {
    const response = await fetch(this.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/graphql-response+json, application/json",
        authorization: `Bearer ${this.token}`,
        ...(key && { "idempotency-key": key }),
      },
      body,
      signal: AbortSignal.timeout(30_000),
    });
    return (await response.json()) as { data?: Result; errors?: Refusal[] };
  }
}
