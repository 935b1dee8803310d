import type { CDPSession } from "playwright-core";
import type { Visit } from "./browser";

/** A device of somebody's that keeps passkeys. */
export interface Device {
  cdp: CDPSession;
  id: string;
}

/**
 * Plugs a device into the page's browser that says yes to everything, after checking whose finger it is. With `autofill`
 * the browser offers its passkeys in the address field, and the device says yes to that too: who opens the sign-in page is
 * signed in.
 */
export async function plugIn({ context, page }: Visit, { autofill = false } = {}): Promise<Device> {
  if (!autofill) {
    await context.addInitScript(() => {
      // A blank page has none.
      if (!("PublicKeyCredential" in globalThis)) return;
      PublicKeyCredential.isConditionalMediationAvailable = async () => false;
    });
  }
  const cdp = await context.newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { cdp, id: authenticatorId };
}
