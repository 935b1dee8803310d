import { vi } from "vitest";

/** A browser that can use passkeys: jsdom can't. `create` and `get` answer as the person at the device does. */
export function fakePasskeys({
  create,
  get,
}: {
  create?: (options: CredentialCreationOptions) => Promise<string>;
  get?: (options: CredentialRequestOptions) => Promise<string>;
}): void {
  const asCredential = (answer: string) => ({ toJSON: () => ({ answer }) });
  const asGiven = (json: unknown) => json;
  vi.stubGlobal(
    "PublicKeyCredential",
    Object.assign(() => {}, {
      parseCreationOptionsFromJSON: asGiven,
      parseRequestOptionsFromJSON: asGiven,
      isConditionalMediationAvailable: async () => false,
    }),
  );
  const credentials = {
    create: async (options: CredentialCreationOptions) => asCredential((await create?.(options)) ?? ""),
    get: async (options: CredentialRequestOptions) => asCredential((await get?.(options)) ?? ""),
  };
  Object.defineProperty(navigator, "credentials", { configurable: true, value: credentials });
}

/** What the API answers to every start…; the options come back in `get` and `create` as publicKey. */
export const challenge = (purpose: string) => () => ({ challenge: { options: JSON.stringify({ purpose }) } });

/** What browsers say when somebody closes their window. */
export const cancelled = () => Promise.reject(new DOMException("No.", "NotAllowedError"));
