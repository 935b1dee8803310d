import "./ui/styles";
import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { Api } from "./lib/api/api";
import { watchFragmentTokens } from "./lib/fragmentToken";
import { startI18n } from "./lib/i18n";
import { Denied } from "./lib/session/guards";
import { makeRouter } from "./router";

// Before everything else: a token must not stay in the address bar.
watchFragmentTokens();

// Browsers hide a nonce from getAttribute, not from this property.
const nonce = document.querySelector<HTMLMetaElement>("meta[name=csp-nonce]")?.nonce ?? "";
setNonce(nonce);

const api = new Api(() => {
  // The session ended on the server: the guards of the page at hand lead to the sign-in page and back.
  api.renew();
  void router.invalidate();
});
const router = makeRouter(api);

await startI18n();

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root, {
  // A refused page says itself what is missing, and is no fault of ours.
  // biome-ignore lint/suspicious/noConsole: what React does itself with every other one
  onCaughtError: (error) => error instanceof Denied || console.error(error),
}).render(
  <StrictMode>
    <App api={api} router={router} nonce={nonce} />
  </StrictMode>,
);
