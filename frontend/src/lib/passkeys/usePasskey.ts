import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { faultText } from "../api/faultText";
import { fieldErrors } from "../api/fieldErrors";
import { useAct } from "../api/useAct";
import { askForPasskey, makePasskey, type PasskeyAnswer } from "./browser";

/** What came of asking for a passkey: the browser's answer, or a sentence about why there is none. */
export type Asked =
  | { answer: string }
  /** `over`: what the passkey was wanted for waits no more. */
  | { answer?: undefined; text?: string; over?: boolean };

interface Started {
  challenge?: { options: string } | null;
}

/**
 * Gets a challenge from the API, by the mutation `start`, and the answer from the browser: a passkey that there is, or,
 * to `make` one, a new one.
 */
export function usePasskey<Data>(
  start: TypedDocumentNode<Data, Record<string, never>>,
  { make = false }: { make?: boolean } = {},
): [ask: () => Promise<Asked>, asking: boolean] {
  const { t } = useTranslation();
  const [run] = useAct(start, { quiet: true });
  const [asking, setAsking] = useState(false);

  const begin = async (): Promise<Asked> => {
    const { ok, payload, userErrors, fault } = { userErrors: [], fault: undefined, ...(await run({})) };
    if (fault) return fault.code === "SUDO_REQUIRED" ? {} : { text: faultText(t, fault) };
    const options = (payload as Started | undefined)?.challenge?.options;
    if (ok && options) return wordsFor(await (make ? makePasskey(options) : askForPasskey(options)));
    const over = userErrors.some(({ code }) => code === "EXPIRED");
    return { over, text: fieldErrors(t, userErrors, []).rest[0] };
  };
  const wordsFor = ({ answer, problem }: PasskeyAnswer): Asked => {
    if (answer !== undefined) return { answer };
    return problem === "STOPPED" ? {} : { text: t(`passkey.problem.${problem}`) };
  };
  const ask = async () => {
    setAsking(true);
    try {
      return await begin();
    } finally {
      setAsking(false);
    }
  };
  return [ask, asking];
}
