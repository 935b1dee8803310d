import { createMemoryHistory } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import userEvent, { type UserEvent } from "@testing-library/user-event";
import { vi } from "vitest";
import { App } from "../../App";
import { makeRouter } from "../../router";
import { Api } from "../api/api";
import { startI18n } from "../i18n";
import { type Fakes, fakeApi } from "./fakeApi";

/**
 * Shows the app at `path`, with an API faked from graph/schema itself; `fakes` pins what the test is about. Without a
 * Viewer among them a member of staff with every permission is signed in.
 */
export async function renderAt(path: string, fakes: Fakes = {}): Promise<{ user: UserEvent; path: () => string }> {
  const viewer = fakes.Viewer ?? (() => ({ kind: "STAFF", permissions: ["LIST_USERS"] }));
  const answer = fakeApi({
    // Lists end; a list that always has more would be read for ever.
    PageInfo: () => ({ hasNextPage: false }),
    ...fakes,
    // Nothing is demanded of the viewer, unless the test is about that.
    Viewer: () => ({ enrolmentNeeded: false, twoFactorRequired: false, twoFactorDueAt: null, ...viewer() }),
  });
  vi.stubGlobal("fetch", (input: string, init: RequestInit) =>
    answer(new Request(new URL(input, "http://localhost"), init)),
  );
  await startI18n("en");
  const api = new Api(() => {
    api.renew();
    void router.invalidate();
  });
  const router = makeRouter(api, createMemoryHistory({ initialEntries: [path] }));
  render(<App api={api} router={router} />);
  return { user: userEvent.setup(), path: () => router.state.location.href };
}

/** Nobody is signed in. */
export const nobody: Fakes = { Viewer: () => ({ kind: "ANONYMOUS", permissions: [], user: null }) };
