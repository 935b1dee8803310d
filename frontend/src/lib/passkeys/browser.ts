// What the browser does with passkeys (WebAuthn), in the JSON form that the API speaks.

/** Why there is no answer. STOPPED: we ourselves gave up asking, and nobody needs to be told. */
export type PasskeyProblem = "CANCELLED" | "EXISTS" | "FAILED" | "STOPPED";

/** The browser's answer to a challenge, or why there is none. */
export type PasskeyAnswer = { answer: string; problem?: undefined } | { answer?: undefined; problem: PasskeyProblem };

/** Whether this browser can make and use passkeys in that form. */
export function passkeysSupported(): boolean {
  return (
    typeof PublicKeyCredential === "function" &&
    "parseCreationOptionsFromJSON" in PublicKeyCredential &&
    "parseRequestOptionsFromJSON" in PublicKeyCredential
  );
}

/** Whether the browser can offer passkeys where it offers to fill in an address. */
export async function autofillSupported(): Promise<boolean> {
  if (!passkeysSupported()) return false;
  return (await PublicKeyCredential.isConditionalMediationAvailable?.()) ?? false;
}

/** Has the browser make a passkey. */
export function makePasskey(options: string): Promise<PasskeyAnswer> {
  return answerOf(() =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(options)) }),
  );
}

/** Has the browser answer with a passkey. With `autofill` it asks nobody, and offers them where an address is typed. */
export function askForPasskey(
  options: string,
  { autofill = false, signal }: { autofill?: boolean; signal?: AbortSignal } = {},
): Promise<PasskeyAnswer> {
  return answerOf(() =>
    navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(options)),
      ...(autofill && { mediation: "conditional" as const }),
      signal,
    }),
  );
}

async function answerOf(ask: () => Promise<Credential | null>): Promise<PasskeyAnswer> {
  try {
    const credential = await ask();
    return credential
      ? { answer: JSON.stringify((credential as PublicKeyCredential).toJSON()) }
      : { problem: "CANCELLED" };
  } catch (cause) {
    const name = cause instanceof Error || cause instanceof DOMException ? cause.name : "";
    return { problem: problems[name] ?? "FAILED" };
  }
}

const problems: Record<string, PasskeyProblem> = {
  // Browsers do not tell a refusal from a wait that was too long, nor from having no passkey.
  NotAllowedError: "CANCELLED",
  InvalidStateError: "EXISTS",
  AbortError: "STOPPED",
};
