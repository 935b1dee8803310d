import { screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { takeFragmentToken } from "../../lib/fragmentToken";
import type { Fakes } from "../../lib/test/fakeApi";
import { nobody, renderAt } from "../../lib/test/renderAt";

/** Opens a page as the link in a mail does. */
function open(path: string, token: string, fakes: Fakes) {
  window.history.replaceState(null, "", `${path}#${token}`);
  takeFragmentToken();
  return renderAt(path, fakes);
}

const done = (fields: object) => vi.fn((_: unknown) => ({ ...fields, userErrors: [] }));

test("in a session of its user, one click confirms the address", async () => {
  const verifyEmail = done({ done: true, retired: false });
  const { user } = await open("/verify-email", "ver_own", {
    Query: () => ({ emailVerificationByToken: () => ({ address: "nora@example.com", retires: false }) }),
    Mutation: () => ({ verifyEmail }),
  });
  await user.click(await screen.findByRole("button", { name: "Confirm address" }));
  await screen.findByRole("heading", { name: "Your address is confirmed" });
  expect(verifyEmail).toHaveBeenCalledExactlyOnceWith({ input: { token: "ver_own" } });
});

test("the first proof wants its user signed in; without the password, all ways in end, and the page says so before", async () => {
  const verifyEmail = done({ done: true, retired: true });
  const { user } = await open("/verify-email", "ver_first", {
    ...nobody,
    Query: () => ({ emailVerificationByToken: () => ({ address: "nora@example.com", retires: true }) }),
    Mutation: () => ({ verifyEmail }),
  });
  expect(await screen.findByRole("link", { name: "Sign in" })).toHaveAttribute(
    "href",
    "/sign-in?return_to=%2Fverify-email",
  );
  expect(screen.getByText(/the password and everything else to sign in with is void/)).toBeVisible();
  expect(verifyEmail).not.toHaveBeenCalled();
  await user.click(screen.getByRole("button", { name: "Confirm without signing in" }));
  expect(await screen.findByText(/We have mailed you a link to set a new password/)).toBeVisible();
});

test("a new address is confirmed by its user only, who reads first what will happen", async () => {
  const confirmEmailChange = done({ user: { id: "u1", email: "eva@new.example", emailVerified: true, version: 2 } });
  const { user } = await open("/confirm-email", "chg_own", {
    Query: () => ({ emailChangeByToken: () => ({ newEmail: "eva@new.example", own: true }) }),
    Mutation: () => ({ confirmEmailChange }),
  });
  expect(await screen.findByText(/sessions on other devices end/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Use this address" }));
  await screen.findByRole("heading", { name: "Your address is changed" });
  expect(confirmEmailChange).toHaveBeenCalledExactlyOnceWith({ input: { token: "chg_own" } });
});

test("somebody else who is signed in is led to sign in as the user of the link", async () => {
  let inside = true;
  const { user, path } = await open("/confirm-email", "chg_other", {
    Viewer: () => (inside ? { kind: "USER", permissions: [] } : { kind: "ANONYMOUS", permissions: [], user: null }),
    Query: () => ({ emailChangeByToken: () => ({ newEmail: "eva@new.example", own: false }) }),
    Mutation: () => ({
      signOut: () => {
        inside = false;
        return { viewer: { kind: "ANONYMOUS", permissions: [] } };
      },
    }),
  });
  await user.click(await screen.findByRole("button", { name: "Sign out and go on" }));
  await screen.findByRole("heading", { name: "Sign in" });
  expect(path()).toBe("/sign-in?return_to=%2Fconfirm-email");
});

test("an address that another user took meanwhile is told as such", async () => {
  const { user } = await open("/confirm-email", "chg_taken", {
    Query: () => ({ emailChangeByToken: () => ({ newEmail: "eva@new.example", own: true }) }),
    Mutation: () => ({
      confirmEmailChange: () => ({ user: null, userErrors: [{ field: ["token"], code: "TAKEN", message: "No." }] }),
    }),
  });
  await user.click(await screen.findByRole("button", { name: "Use this address" }));
  expect(await screen.findByText(/Another user has this address by now/)).toBeVisible();
});

test("a changed address is taken back, and what happens is said before", async () => {
  const disownChange = done({ outcome: "RESTORED" });
  const { user } = await open("/disown", "dis_mail", {
    ...nobody,
    Query: () => ({
      disownByToken: () => ({ change: "EMAIL_CHANGED", at: "2026-11-20T08:00:00Z", restores: "eve@example.com" }),
    }),
    Mutation: () => ({ disownChange }),
  });
  expect(await screen.findByText("You sign in with eve@example.com again.")).toBeVisible();
  expect(screen.getByText(/Your password is void/)).toBeVisible();
  expect(disownChange).not.toHaveBeenCalled();
  await user.click(screen.getByRole("button", { name: "This wasn’t me: take it back" }));
  expect(await screen.findByRole("heading", { name: "Your address is back" })).toHaveFocus();
  expect(disownChange).toHaveBeenCalledExactlyOnceWith({ input: { token: "dis_mail" } });
});

test.each([
  ["SECURED", "Your sign-in is locked"],
  ["CLOSED", "Nobody can sign in any more"],
])("what staff switched off is locked: %s", async (outcome, title) => {
  const { user } = await open("/disown", `dis_${outcome}`, {
    ...nobody,
    Query: () => ({
      disownByToken: () => ({ change: "TWO_FACTOR_DISABLED", at: "2026-11-20T08:00:00Z", restores: null }),
    }),
    Mutation: () => ({ disownChange: done({ outcome }) }),
  });
  expect(await screen.findByText(/switched off your two-factor sign-in on/)).toBeVisible();
  expect(screen.queryByText(/You sign in with/)).toBeNull();
  await user.click(screen.getByRole("button", { name: "This wasn’t me: lock it" }));
  expect(await screen.findByRole("heading", { name: title })).toBeVisible();
});

test.each([
  ["/verify-email", "emailVerificationByToken"],
  ["/confirm-email", "emailChangeByToken"],
  ["/disown", "disownByToken"],
])("a link to %s that does not stand says so", async (path, field) => {
  await open(path, "xxx_gone", { ...nobody, Query: () => ({ [field]: () => null }) });
  expect(await screen.findByRole("heading", { name: "This link doesn’t work any more" })).toBeVisible();
});
