import type { Cost, Operation, post, Sending } from "./post";

/** What an operation will cost, or why the server would refuse it. */
export type Weight = Cost | { refusal: string };

/**
 * Has an operation weighed, which a path of its own does: a server that does not know it runs nothing. Undefined where
 * the server does not know who asks. Throws when no answer comes.
 */
export async function weigh(operation: Operation, sending: Sending, send: typeof post): Promise<Weight | undefined> {
  const { errors, extensions } = await send(operation, { ...sending, weigh: true });
  const [refused] = errors ?? [];
  if (!refused) return extensions?.cost;
  return refused.extensions?.code === "UNAUTHENTICATED" ? undefined : { refusal: refused.message };
}
