import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { type Fakes, refusal } from "../../lib/test/fakeApi";
import { renderAt } from "../../lib/test/renderAt";

const here = {
  id: "s1",
  current: true,
  browser: "Firefox",
  system: "Windows",
  address: "192.0.2.1",
  createdAt: "2026-11-20T08:00:00Z",
  seenAt: "2026-11-20T08:30:00Z",
};
const phone = { ...here, id: "s2", current: false, browser: "Safari", system: "iPhone", address: "192.0.2.2" };
const odd = { ...here, id: "s3", current: false, browser: "", system: "", address: "" };

/** Somebody with these sessions; what is taken from the list is gone from the next answer. */
function someone(sessions: object[], acts: Record<string, unknown> = {}): Fakes {
  return {
    Viewer: () => ({ kind: "USER", permissions: [], passkeys: [] }),
    User: () => ({ id: "u1", sessions: () => [...sessions], securityQuestion: null }),
    SignInConnection: () => ({ edges: [] }),
    Mutation: () => acts,
  };
}

const section = () => screen.findByRole("region", { name: "Sessions and devices" });

test("each session is told in words, and only the others can be ended", async () => {
  await renderAt("/security", someone([here, phone, odd]));
  const list = await within(await section()).findByRole("list");
  const items = within(list).getAllByRole("listitem");
  expect(items).toHaveLength(3);
  const [first, second, third] = items as [HTMLElement, HTMLElement, HTMLElement];
  expect(within(first).getByRole("heading")).toHaveTextContent("Firefox on Windows This session");
  expect(within(first).queryByRole("button")).not.toBeInTheDocument();
  expect(within(second).getByRole("heading")).toHaveTextContent("Safari on iPhone");
  expect(within(second).getByText("192.0.2.2")).toBeVisible();
  expect(within(second).getByRole("button", { name: "Sign out Safari on iPhone, 192.0.2.2" })).toBeVisible();
  expect(within(third).getByRole("heading")).toHaveTextContent("Unknown device");
  expect(within(third).getByText("Address not known")).toBeVisible();
});

test("one is ended after a question, and goes from the list", async () => {
  const sessions: object[] = [here, phone];
  const revoke = vi.fn(() => {
    sessions.splice(1, 1);
    return { user: { id: "u1", sessions } };
  });
  const { user } = await renderAt("/security", someone(sessions, { revokeSession: revoke }));
  const part = await section();
  await user.click(await within(part).findByRole("button", { name: /Sign out Safari/ }));
  const dialog = await screen.findByRole("dialog", { name: "Sign out this device?" });
  expect(dialog).toHaveTextContent("Safari on iPhone (192.0.2.2) has to sign in again");
  await user.click(within(dialog).getByRole("button", { name: "Sign out" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  expect(revoke).toHaveBeenCalledExactlyOnceWith({ input: { sessionId: "s2" } });
  expect(await screen.findByText("Safari on iPhone is signed out.")).toBeVisible();
  await waitFor(() => expect(within(part).getAllByRole("listitem")).toHaveLength(1));
  expect(within(part).queryByRole("button")).not.toBeInTheDocument();
});

test("one that is over already goes too", async () => {
  const sessions: object[] = [here, phone];
  const revoke = vi.fn(() => {
    sessions.splice(1, 1);
    throw refusal("NOT_FOUND");
  });
  const { user } = await renderAt("/security", someone(sessions, { revokeSession: revoke }));
  const part = await section();
  await user.click(await within(part).findByRole("button", { name: /Sign out Safari/ }));
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Sign out" }));
  expect(await screen.findByText("It is not there any more, or you may not see it.")).toBeVisible();
  await waitFor(() => expect(within(part).getAllByRole("listitem")).toHaveLength(1));
});

test("all others are ended at once, and it is said how many", async () => {
  const sessions: object[] = [here, phone, odd];
  const revoke = vi.fn(() => {
    sessions.splice(1);
    return { ended: 2, user: { id: "u1", sessions } };
  });
  const { user } = await renderAt("/security", someone(sessions, { revokeOtherSessions: revoke }));
  const part = await section();
  await user.click(await within(part).findByRole("button", { name: "Sign out everywhere else" }));
  const dialog = await screen.findByRole("dialog", { name: "Sign out everywhere else?" });
  expect(dialog).toHaveTextContent("2 other sessions end. This one stays.");
  await user.click(within(dialog).getByRole("button", { name: "Sign out everywhere else" }));
  expect(await screen.findByText("2 other sessions were ended.")).toBeVisible();
  await waitFor(() => expect(within(part).getAllByRole("listitem")).toHaveLength(1));
});

test("a list that can't be loaded says so, and can be tried again", async () => {
  let down = true;
  const fakes = someone([here]);
  const load = () => {
    if (down) throw refusal("TRY_LATER");
    return [here];
  };
  const { user } = await renderAt("/security", { ...fakes, User: () => ({ id: "u1", sessions: load }) });
  const part = await section();
  // A field that is refused alone is null, and the rest of the answer stands.
  expect(await within(part).findByText("The server is busy at the moment. Try again shortly.")).toBeVisible();
  down = false;
  await user.click(within(part).getByRole("button", { name: "Try again" }));
  expect(await within(part).findByText("Firefox on Windows")).toBeVisible();
});
