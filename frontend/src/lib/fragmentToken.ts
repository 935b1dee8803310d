import { useSyncExternalStore } from "react";

// Tokens by path, in memory only. They arrive behind the #, where no server log and no referrer sees them
// (security.md #11), and leave the address bar before anything else runs.
const tokens = new Map<string, string>();
const listeners = new Set<() => void>();

const bearing = ["/set-up", "/reset", "/verify-email", "/confirm-email", "/disown", "/invitation"];

/** Takes the token out of the address bar. Call it before the router reads the address. */
export function takeFragmentToken(location: Location = window.location, history: History = window.history): void {
  if (!bearing.includes(location.pathname) || location.hash.length < 2) return;
  tokens.set(location.pathname, location.hash.slice(1));
  history.replaceState(history.state, "", location.pathname + location.search);
  tell();
}

/** Takes tokens now, and whenever another link is opened in the same tab, which changes nothing but the hash. */
export function watchFragmentTokens(): void {
  takeFragmentToken();
  // Capturing: before the router's own listener sees the address.
  window.addEventListener("popstate", () => takeFragmentToken(), { capture: true });
  window.addEventListener("hashchange", () => takeFragmentToken(), { capture: true });
}

/** The token that came with the link to `path`, if one did. */
export function useFragmentToken(path: string): string | undefined {
  return useSyncExternalStore(subscribe, () => tokens.get(path));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(): void {
  for (const listener of listeners) listener();
}
