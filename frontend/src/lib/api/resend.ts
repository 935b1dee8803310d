import { type Exchange, makeOperation, mapExchange, type Operation } from "@urql/core";
import { keyless, sentOnce } from "./keyless";

/** How long to wait before each time that a mutation is sent again, in milliseconds. */
const pauses = [400, 1200, 3000];

/** The longest wait that the server may ask for; beyond it, whoever is waiting is told instead. */
const longestWait = 5000;

/**
 * Sends mutations under an Idempotency-Key: `idempotencyKey` of their context, or a new one for each act. It sends them
 * again under it when nobody knows what became of them: no answer came, the server or what stands before it was busy, or it is still at it.
 * The act is done once, whatever got lost on the way. After a few times the fault is told like any other.
 */
export const resendExchange: Exchange = mapExchange({
  onOperation: (operation) => {
    const name = soleField(operation);
    return name === undefined || keyless.has(name) ? operation : underKey(operation, !sentOnce.has(name));
  },
});

/** The one field of a mutation; undefined for what has several, and for what only reads. */
function soleField({ kind, query }: Operation): string | undefined {
  if (kind !== "mutation") return undefined;
  const fields = query.definitions.flatMap((one) =>
    one.kind === "OperationDefinition" ? one.selectionSet.selections : [],
  );
  const [field] = fields;
  return fields.length === 1 && field?.kind === "Field" ? field.name.value : undefined;
}

function underKey(operation: Operation, again: boolean): Operation {
  const { context } = operation;
  const options = typeof context.fetchOptions === "function" ? context.fetchOptions() : context.fetchOptions;
  return makeOperation(operation.kind, operation, {
    ...context,
    fetch: again ? resending(context.fetch ?? fetch) : context.fetch,
    fetchOptions: {
      ...options,
      headers: { ...options?.headers, "idempotency-key": context.idempotencyKey ?? crypto.randomUUID() },
    },
  });
}

/** A fetch that asks again, a few times with growing pauses, as long as the answer does not say what became of it. */
function resending(ask: typeof fetch): typeof fetch {
  return async (input, init) => {
    for (const pause of pauses) {
      const answer = await ask(input, init).catch((cause: unknown) => {
        // Somebody thought better of it, or there is no network at all, and waiting will not bring it.
        if (init?.signal?.aborted || !navigator.onLine) throw cause;
      });
      const wait = answer ? await waitOf(answer) : 0;
      if (answer && (wait === undefined || wait > longestWait)) return answer;
      await new Promise((next) => setTimeout(next, Math.max(pause, wait ?? 0)));
    }
    return ask(input, init);
  };
}

/** How long to wait before the answer can be another, in milliseconds; undefined when this one stands. */
async function waitOf(answer: Response): Promise<number | undefined> {
  const after = Number(answer.headers.get("retry-after")) * 1000;
  // Under a key, 409 with a time to wait says that it is still being done.
  if ([502, 503, 504].includes(answer.status) || (answer.status === 409 && after > 0)) return after;
  // The server lost its database on the way, maybe while it committed.
  const { errors } = (await answer
    .clone()
    .json()
    .catch(() => ({}))) as { errors?: { extensions?: { code?: string; retryAfter?: number } }[] };
  const busy = errors?.find(({ extensions }) => extensions?.code === "TRY_LATER");
  return busy && (busy.extensions?.retryAfter ?? 0) * 1000;
}
