import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { Fakes } from "../../lib/test/fakeApi";
import { renderAt } from "../../lib/test/renderAt";

const olga = { id: "u9", name: "Olga Owner", email: "olga@example.com" };

const accountOf = (number: number, name: string, more: object = {}) => ({
  id: `a${number}`,
  number,
  name,
  status: "ACTIVE",
  owner: olga,
  viewerPermissions: ["ORDERS"],
  viewerMembership: { id: `m${number}`, owner: false, ended: false, endsAt: null },
  ownershipOffer: null,
  ...more,
});

const membershipOf = (account: { number: number }, more: object = {}) => ({
  id: `m${account.number}`,
  owner: false,
  permissions: ["ORDERS"],
  lastSeenAt: null,
  endsAt: null,
  ended: false,
  account,
  ...more,
});

const acme = accountOf(7, "Acme");
const bolt = accountOf(8, "Bolt");

/** Somebody who can reach these accounts, and acts for none yet. */
function someone(memberships: object[], acts: Record<string, unknown> = {}): Fakes {
  let current: object | null = null;
  const accounts = memberships.map((one) => (one as { account: { id: string; number: number } }).account);
  return {
    Viewer: () => ({
      kind: "USER",
      permissions: [],
      userManagement: true,
      account: current,
      accounts: () => ({ nodes: memberships, pageInfo: { hasNextPage: false } }),
    }),
    Query: () => ({
      account: ({ number }: { number: number }) => accounts.find((one) => one.number === number) ?? null,
    }),
    Mutation: () => ({
      switchAccount: ({ input }: { input: { accountId: string } }) => {
        current = accounts.find((one) => one.id === input.accountId) ?? null;
        return { viewer: { account: current }, userErrors: [] };
      },
      ...acts,
    }),
  };
}

test("with the last page its button goes, and the focus stays at the list", async () => {
  const all = [membershipOf(acme), membershipOf(bolt)];
  const fakes = someone(all);
  const { user } = await renderAt("/accounts", {
    ...fakes,
    Viewer: () => ({
      ...fakes.Viewer?.(),
      accounts: ({ after }: { after?: string }) =>
        after
          ? { nodes: all.slice(1), pageInfo: { hasNextPage: false, endCursor: "c2" } }
          : { nodes: all.slice(0, 1), pageInfo: { hasNextPage: true, endCursor: "c1" } },
    }),
  });
  await user.click(await screen.findByRole("button", { name: "Show more" }));
  await screen.findByText("Bolt");
  await waitFor(() => expect(document.activeElement?.textContent).toContain("Bolt"));
  expect(document.body === document.activeElement).toBe(false);
});

test("each account says what one may do; closed ones can't be opened", async () => {
  await renderAt(
    "/accounts",
    someone([
      membershipOf(acme, { owner: true, permissions: [] }),
      membershipOf(accountOf(9, "Gone", { status: "CLOSED" })),
    ]),
  );
  const items = await screen.findAllByRole("listitem");
  const [first, second] = items.slice(-2) as [HTMLElement, HTMLElement];
  expect(within(first).getByRole("link", { name: "Acme" })).toHaveAttribute("href", "/accounts/7");
  expect(within(first).getByText("Owner")).toBeVisible();
  expect(within(second).queryByRole("link")).not.toBeInTheDocument();
  expect(within(second).getByText("Closed")).toBeVisible();
});

test("choosing an account switches to it and opens it", async () => {
  const { user, path } = await renderAt("/accounts", someone([membershipOf(acme), membershipOf(bolt)]));
  await user.click(await screen.findByRole("link", { name: "Bolt" }));
  expect(await screen.findByRole("heading", { level: 1, name: "Bolt" })).toBeVisible();
  expect(path()).toBe("/accounts/8");
  expect(await screen.findByRole("button", { name: "Bolt" })).toBeVisible();
});

test("who has none is told what to do", async () => {
  await renderAt("/accounts", someone([]));
  expect(await screen.findByText("You have no accounts")).toBeVisible();
});

test("the header switches between accounts; closed ones are shown and can't be chosen", async () => {
  const gone = membershipOf(accountOf(9, "Gone", { status: "CLOSED" }));
  const { user, path } = await renderAt("/security", someone([membershipOf(acme), membershipOf(bolt), gone]));
  await user.click(await screen.findByRole("button", { name: "Choose account" }));
  expect(await screen.findByRole("menuitem", { name: /Gone/ })).toBeDisabled();
  expect(screen.getByRole("menuitem", { name: "All accounts" })).toHaveAttribute("href", "/accounts");
  await user.click(screen.getByRole("menuitem", { name: /Bolt/ }));
  expect(await screen.findByRole("heading", { level: 1, name: "Bolt" })).toBeVisible();
  expect(path()).toBe("/accounts/8");
});

test("an offer of ownership stands on top, and is accepted", async () => {
  const offered = accountOf(7, "Acme", {
    ownershipOffer: { offeredAt: "2026-11-20T08:00:00Z", expiresAt: "2026-11-27T08:00:00Z", membership: { id: "m7" } },
  });
  const acceptOwnership = vi.fn((_: unknown) => ({
    account: { ...acme, owner: { id: "u1", name: "Me", email: "me@example.com" }, ownershipOffer: null },
    userErrors: [],
  }));
  const { user } = await renderAt("/accounts", someone([membershipOf(offered)], { acceptOwnership }));
  const section = await screen.findByRole("region", { name: "You are offered the ownership" });
  expect(within(section).getByText(/Olga Owner wants to hand this account over to you/)).toBeVisible();
  await user.click(within(section).getByRole("button", { name: "Accept" }));
  expect(await screen.findByText("You now own Acme.")).toBeVisible();
  expect(acceptOwnership).toHaveBeenCalledExactlyOnceWith({ input: { accountId: "a7" } });
});

/** Signs in as somebody with these accounts. */
async function signIn(memberships: object[]) {
  let inside = false;
  const fakes = someone(memberships, {
    signIn: () => {
      inside = true;
      return { outcome: { __typename: "SignedIn" }, userErrors: [] };
    },
  });
  const { Viewer } = fakes;
  const shown = await renderAt("/sign-in", {
    ...fakes,
    Viewer: () => (inside ? { ...Viewer?.() } : { kind: "ANONYMOUS", permissions: [], user: null, account: null }),
  });
  await shown.user.type(await screen.findByRole("textbox", { name: "Email address" }), "me@example.com");
  await shown.user.type(screen.getByLabelText("Password"), "open sesame");
  await shown.user.click(screen.getByRole("button", { name: "Sign in" }));
  return shown;
}

test("who has several accounts chooses after signing in", async () => {
  const { path } = await signIn([membershipOf(acme), membershipOf(bolt)]);
  expect(await screen.findByRole("heading", { name: "Your accounts" })).toBeVisible();
  expect(path()).toBe("/accounts");
});

test("who has one open account acts for it after signing in", async () => {
  await signIn([membershipOf(acme), membershipOf(accountOf(9, "Gone", { status: "CLOSED" }))]);
  expect(await screen.findByRole("heading", { name: "Your account" })).toBeVisible();
  expect(await screen.findByRole("button", { name: "Acme" })).toBeVisible();
});
