import { useCallback } from "react";
import { graphql } from "../../gen";
import { useApi } from "../../lib/api/ApiProvider";
import type { Fault } from "../../lib/api/fault";
import { type UserError, useAct } from "../../lib/api/useAct";

const ProofByPasswordDocument = graphql(`
  mutation ProofByPassword($input: ConfirmIdentityInput!) {
    confirmIdentity(input: $input) {
      sudoUntil
      userErrors {
        field
        code
        message
      }
    }
  }
`);

const ProofLockDocument = graphql(`
  query ProofLock {
    viewer {
      password {
        lock {
          until
        }
      }
    }
  }
`);

/** Why a proof was not accepted: of the password that holds until now, or as a whole. */
export interface Refusal {
  ok: false;
  userErrors: readonly UserError[];
  fault?: Fault;
}

/** Proves who is here by the password alone, for who has no second factor. Nothing comes back when it was accepted. */
export function useProofByPassword(): [prove: (password: string) => Promise<Refusal | undefined>, running: boolean] {
  const api = useApi();
  const [confirm, running] = useAct(ProofByPasswordDocument, { quiet: true });
  const prove = useCallback(
    async (password: string): Promise<Refusal | undefined> => {
      const outcome = await confirm({ input: { password } });
      if (outcome.ok) return undefined;
      if (outcome.fault) return { ok: false, userErrors: [], fault: outcome.fault };
      // The API refuses right and wrong alike after too many tries; the user's own lock tells them apart.
      const { data } = await api.client.query(ProofLockDocument, {}, { requestPolicy: "network-only" }).toPromise();
      const until = data?.viewer.password?.lock?.until;
      if (until) return { ok: false, userErrors: [], fault: { code: "RATE_LIMITED", retryAfter: secondsTo(until) } };
      const wrong = outcome.userErrors.map((error) => ({ ...error, field: ["currentPassword"] }));
      return { ok: false, userErrors: wrong };
    },
    [api, confirm],
  );
  return [prove, running];
}

/** At least one: this device's clock may be ahead of the server's. */
const secondsTo = (until: string) => Math.max(1, Math.ceil((Date.parse(until) - Date.now()) / 1000));
