import type { Answer, Cost, Operation, post, Sending } from "./post";

/** What an operation will cost, or why the server would refuse it. */
export type Weight = Cost | { refusal: string };

/**
 * Has operations weighed before they are run. A server that does not weigh ignores the wish and runs what it is sent;
 * so it is first asked to weigh an operation that does nothing, and nothing else is sent before it did.
 */
export class Scale {
  private works?: Promise<boolean>;

  constructor(private readonly send: typeof post) {}

  /** Undefined where the server does not weigh, or does not know who asks. Throws when no answer comes. */
  async weigh(operation: Operation, sending: Sending): Promise<Weight | undefined> {
    if (!(await this.tried(sending))) return undefined;
    const { errors, extensions } = await this.send(operation, { ...sending, weigh: true });
    const [refused] = errors ?? [];
    if (!refused) return extensions?.cost;
    return refused.extensions?.code === "UNAUTHENTICATED" ? undefined : { refusal: refused.message };
  }

  private async tried({ token }: Sending): Promise<boolean> {
    this.works ??= this.send({ query: "{ __typename }" }, { token, weigh: true }).then(weighed);
    const trial = this.works;
    try {
      return await trial;
    } catch (error) {
      // Without an answer nothing is known yet: the next operation tries again.
      if (this.works === trial) this.works = undefined;
      throw error;
    }
  }
}

function weighed({ data, errors, extensions }: Answer): boolean {
  if (errors) throw new Error("The server did not say whether it weighs.");
  return data === null && extensions?.cost !== undefined;
}
