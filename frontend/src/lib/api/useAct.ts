import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { use, useCallback, useRef, useState } from "react";
import type { UserErrorCode } from "../../gen/graphql";
import { SudoContext } from "../session/sudo";
import { useApi } from "./ApiProvider";
import { type Fault, faultOf } from "./fault";
import { useToastFault } from "./useToastFault";

/** Something to mend in the input, as every payload reports it. */
export interface UserError {
  field?: readonly string[] | null;
  code: UserErrorCode;
  message: string;
}

/** What the root field of a mutation brings. */
export type PayloadOf<Data> = NonNullable<Data[Exclude<keyof Data, "__typename">]>;

/** How an act ended. */
export type Outcome<Data> =
  | { ok: true; payload: PayloadOf<Data> }
  /** The input is to be mended. The payload may hold more, such as what somebody else left behind. */
  | { ok: false; payload: PayloadOf<Data>; userErrors: readonly UserError[]; fault?: undefined }
  /** The act was refused as a whole. */
  | { ok: false; payload?: undefined; userErrors: readonly []; fault: Fault };

/** Whether nobody knows what became of an act: it may be done, be under way, or not have been heard of. */
function isOpen({ code, key }: Fault): boolean {
  return key === "KEY_RUNNING" || code === "OFFLINE" || code === "TRY_LATER" || code === "INTERNAL";
}

/**
 * Runs a mutation of one root field. Run again with the same variables before it is known what became of it, it is the
 * same act, under the same Idempotency-Key, and done once. When the API wants a fresh proof of identity, the dialog asks for it and the act
 * goes on where it was. A refusal of the whole act is also shown as a toast, unless `quiet`: then the caller shows it.
 */
export function useAct<Data, Variables extends object>(
  document: TypedDocumentNode<Data, Variables>,
  { quiet = false }: { quiet?: boolean } = {},
): [run: (variables: Variables) => Promise<Outcome<Data>>, running: boolean] {
  const api = useApi();
  const askForProof = use(SudoContext);
  const toast = useToastFault();
  const [running, setRunning] = useState(false);
  const under = useRef(0);
  /** The keys of acts whose outcome is not known, by their variables. */
  const [keys] = useState(() => new Map<string, string>());

  const run = useCallback(
    async (variables: Variables): Promise<Outcome<Data>> => {
      under.current++;
      setRunning(true);
      const act = JSON.stringify(variables);
      const idempotencyKey = keys.get(act) ?? crypto.randomUUID();
      keys.set(act, idempotencyKey);
      const send = () => api.client.mutation(document, variables, { idempotencyKey }).toPromise();
      try {
        let result = await send();
        if (result.error && faultOf(result.error).code === "SUDO_REQUIRED" && (await askForProof())) {
          result = await send();
        }
        if (!result.error || !isOpen(faultOf(result.error))) keys.delete(act);
        if (result.error || !result.data) {
          const fault: Fault = result.error ? faultOf(result.error) : { code: "INTERNAL" };
          // Closing the dialog is an answer; nobody needs to be told what they just did.
          if (!quiet && fault.code !== "SUDO_REQUIRED") toast(fault);
          return { ok: false, userErrors: [], fault };
        }
        const payload = payloadOf<Data>(result.data);
        const userErrors = (payload as { userErrors?: readonly UserError[] }).userErrors ?? [];
        return userErrors.length > 0 ? { ok: false, payload, userErrors } : { ok: true, payload };
      } finally {
        under.current--;
        setRunning(under.current > 0);
      }
    },
    [api, askForProof, document, keys, quiet, toast],
  );
  return [run, running];
}

function payloadOf<Data>(data: NonNullable<Data>): PayloadOf<Data> {
  const key = Object.keys(data).find((name) => name !== "__typename");
  return (data as Record<string, unknown>)[key ?? ""] as PayloadOf<Data>;
}
