// Who goes to a service's page comes back to a page that knows nothing of it. Session storage outlives the way there and
// back, in this tab and no other.
const storageKey = "roster.identityLeft";

/** Remembers with which version the user left for the service's page. */
export function leaveWith(version: number): void {
  try {
    sessionStorage.setItem(storageKey, `${version}`);
  } catch {
    // Storage is closed: after the return nothing is asked again by itself.
  }
}

/** The version with which the user left; nothing, when they did not. */
export function leftWith(): number | undefined {
  try {
    return Number(sessionStorage.getItem(storageKey) ?? Number.NaN) || undefined;
  } catch {
    return undefined;
  }
}

/** The result is there. */
export function forgetLeaving(): void {
  try {
    sessionStorage.removeItem(storageKey);
  } catch {
    // Storage is closed: nothing was remembered.
  }
}
