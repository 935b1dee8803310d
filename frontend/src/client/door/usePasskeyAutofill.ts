import { useEffect, useEffectEvent } from "react";
import { graphql } from "../../gen";
import { useApi } from "../../lib/api/ApiProvider";
import { askForPasskey, autofillSupported } from "../../lib/passkeys/browser";

export const StartPasskeySignInDocument = graphql(`
  mutation StartPasskeySignIn {
    startPasskeySignIn {
      challenge {
        options
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

/** A challenge stands for five minutes; a page that is open for longer needs a new one before that. */
const renewAfter = 4 * 60_000;

/**
 * Has the browser offer passkeys in the field with autocomplete "webauthn" for as long as it is on, and tells of the one
 * that was chosen. What goes wrong is nobody's concern: nobody asked for anything.
 */
export function usePasskeyAutofill(on: boolean, onAnswer: (answer: string) => Promise<void>): void {
  const api = useApi();
  const answered = useEffectEvent(onAnswer);
  useEffect(() => {
    if (!on) return;
    let stopped = false;
    let asking = new AbortController();
    let renewal: ReturnType<typeof setTimeout> | undefined;

    const offer = async () => {
      const { data } = await api.client.mutation(StartPasskeySignInDocument, {}).toPromise();
      const options = data?.startPasskeySignIn?.challenge?.options;
      if (stopped || !options) return;
      asking = new AbortController();
      renewal = setTimeout(renew, renewAfter);
      const { answer } = await askForPasskey(options, { autofill: true, signal: asking.signal });
      if (!stopped && answer !== undefined) await answered(answer);
    };
    const stop = () => {
      clearTimeout(renewal);
      asking.abort();
    };
    // A page that nobody looks at must not take the challenge from one that somebody uses.
    const renew = () => {
      stop();
      if (document.visibilityState === "visible") return void offer();
      document.addEventListener("visibilitychange", renew, { once: true });
    };
    void autofillSupported().then((can) => {
      if (can && !stopped) void offer();
    });
    return () => {
      stopped = true;
      document.removeEventListener("visibilitychange", renew);
      stop();
    };
  }, [on, api]);
}
