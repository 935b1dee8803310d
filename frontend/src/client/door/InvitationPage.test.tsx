import { screen } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { takeFragmentToken } from "../../lib/fragmentToken";
import { type Fakes, refusal } from "../../lib/test/fakeApi";
import { renderAt } from "../../lib/test/renderAt";

/** Opens the page as the link in a mail does. */
function open(token: string, fakes: Fakes) {
  window.history.replaceState(null, "", `/invitation#${token}`);
  takeFragmentToken();
  return renderAt("/invitation", fakes);
}

let inside: boolean;
beforeEach(() => {
  inside = false;
});

const offer = {
  status: "OPEN",
  accountName: "Acme",
  inviterName: "Olga Owner",
  permissions: ["INVOICES", "ORDERS"],
  expiresAt: "2026-11-27T08:00:00Z",
  email: "nora@example.com",
  addressDiffers: false,
  addressProven: true,
  strict: false,
  alreadyMember: false,
};

const acme = { id: "a7", number: 7, name: "Acme", status: "ACTIVE" };

/** The world of one invitation; who signs in is Nora. */
function world(preview: object | null, acts: Record<string, unknown> = {}): Fakes {
  let account: object | null = null;
  const signedIn = () => {
    inside = true;
    return { outcome: { __typename: "SignedIn" }, userErrors: [] };
  };
  return {
    Viewer: () =>
      inside
        ? { kind: "USER", permissions: [], account, user: { id: "u1", name: "Nora", email: "nora@home.example" } }
        : { kind: "ANONYMOUS", permissions: [], user: null, account: null },
    Installation: () => ({ company: "Hosty", passwordMinLength: 15, languages: ["en"], registrationOpen: false }),
    Query: () => ({ invitationByToken: () => preview, securityQuestions: () => [], account: () => acme }),
    Account: () => acme,
    Mutation: () => ({
      signIn: signedIn,
      register: () => ({ done: true, userErrors: [] }),
      acceptInvitation: () => ({ membership: { id: "m1", account: acme }, userErrors: [] }),
      switchAccount: () => {
        account = acme;
        return { viewer: { account }, userErrors: [] };
      },
      ...acts,
    }),
  };
}

test.each([
  ["ACCEPTED", "This invitation was accepted"],
  ["DECLINED", "This invitation was declined"],
  ["CANCELLED", "This invitation was taken back"],
  ["EXPIRED", "This invitation has expired"],
  ["REPLACED", "There is a newer mail"],
  ["VOID", "This invitation no longer stands"],
])("a link that is %s says so kindly", async (status, title) => {
  await open(`inv_${status}`, world({ ...offer, status, accountName: null, permissions: [] }));
  expect(await screen.findByRole("heading", { name: title })).toBeVisible();
  expect(screen.getByRole("button", { name: "Go to sign-in" })).toBeVisible();
});

test("an unknown link says so, and leads those who are signed in home", async () => {
  inside = true;
  await open("inv_unknown", world(null));
  expect(await screen.findByRole("heading", { name: "We do not know this link" })).toBeVisible();
  expect(screen.getByRole("button", { name: "Go to your account" })).toBeVisible();
});

test("who is outside reads what is offered, signs in on the page, accepts, and is in the account", async () => {
  const acceptInvitation = vi.fn((_: unknown) => ({ membership: { id: "m1", account: acme }, userErrors: [] }));
  const { user, path } = await open("inv_signin", world(offer, { acceptInvitation }));
  expect(await screen.findByRole("heading", { name: "Join “Acme”" })).toBeVisible();
  expect(screen.getByText("Olga Owner invites you to the account “Acme”.")).toBeVisible();
  expect(screen.getByText("View & Pay Invoices")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Accept" })).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Sign in to accept" }));
  expect(screen.getByRole("textbox", { name: "Email address" })).toHaveValue("nora@example.com");
  await user.type(screen.getByLabelText("Password"), "open sesame");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect(path()).toBe("/invitation");
  await user.click(await screen.findByRole("button", { name: "Accept" }));
  expect(await screen.findByRole("heading", { name: /^Acme/ })).toBeVisible();
  expect(path()).toBe("/accounts/7");
  expect(acceptInvitation).toHaveBeenCalledExactlyOnceWith({
    input: { token: "inv_signin", confirmOtherAddress: false },
  });
});

test("who is new registers on the page, though registration is closed, and is signed in", async () => {
  const register = vi.fn((_: unknown) => ({ done: true, userErrors: [] }));
  const { user } = await open("inv_register", world(offer, { register }));
  await user.click(await screen.findByRole("button", { name: "I am new here" }));
  await user.type(await screen.findByRole("textbox", { name: "First name" }), "Nora");
  expect(screen.queryByRole("textbox", { name: /Company/ })).not.toBeInTheDocument();
  await user.type(screen.getByLabelText("Password"), "a password that is long");
  await user.click(screen.getByRole("button", { name: "Register" }));
  expect(await screen.findByRole("button", { name: "Accept" })).toBeVisible();
  expect(register).toHaveBeenCalledExactlyOnceWith({
    input: {
      firstName: "Nora",
      lastName: "",
      email: "nora@example.com",
      password: "a password that is long",
      language: "en",
      invitationToken: "inv_register",
    },
  });
});

test("when the sign-in after registering fails, the page asks kindly to sign in", async () => {
  const refuse = () => ({ outcome: null, userErrors: [{ field: ["email"], code: "WRONG", message: "No." }] });
  const { user } = await open("inv_known", world(offer, { signIn: refuse }));
  await user.click(await screen.findByRole("button", { name: "I am new here" }));
  await user.type(await screen.findByRole("textbox", { name: "First name" }), "Nora");
  await user.type(screen.getByLabelText("Password"), "a password that is long");
  await user.click(screen.getByRole("button", { name: "Register" }));
  await user.click(await screen.findByRole("button", { name: "Sign in to accept" }));
  expect(screen.getByRole("textbox", { name: "Email address" })).toHaveValue("nora@example.com");
});

test("staff invite by the name of the company; whoever holds the link can decline", async () => {
  const declineInvitation = vi.fn((_: unknown) => ({ accountName: "Acme", userErrors: [] }));
  const { user } = await open("inv_decline", world({ ...offer, inviterName: null }, { declineInvitation }));
  expect(await screen.findByText("Staff of Hosty invite you to the account “Acme”.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Decline" }));
  expect(await screen.findByRole("heading", { name: "You have declined" })).toHaveFocus();
  expect(declineInvitation).toHaveBeenCalledExactlyOnceWith({ input: { token: "inv_decline" } });
});

test("another address is confirmed by a second step that names both", async () => {
  inside = true;
  const acceptInvitation = vi.fn((_: unknown) => ({ membership: { id: "m1", account: acme }, userErrors: [] }));
  const { user } = await open("inv_other", world({ ...offer, addressDiffers: true }, { acceptInvitation }));
  await user.click(await screen.findByRole("button", { name: "Accept" }));
  const warning = await screen.findByRole("alert");
  expect(warning).toHaveTextContent("nora@example.com");
  expect(warning).toHaveTextContent("nora@home.example");
  expect(acceptInvitation).not.toHaveBeenCalled();
  await user.click(screen.getByRole("button", { name: "Accept as this user" }));
  await screen.findByRole("heading", { name: /^Acme/ });
  expect(acceptInvitation).toHaveBeenCalledExactlyOnceWith({
    input: { token: "inv_other", confirmOtherAddress: true },
  });
});

test("a strict installation lets only the invited address accept, and says so", async () => {
  inside = true;
  await open("inv_strict", world({ ...offer, addressDiffers: true, strict: true }));
  expect(await screen.findByText(/only a user with that address can accept it/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Accept" })).not.toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Sign out and go on" })).toBeVisible();
});

test("a strict installation wants the address proved first", async () => {
  inside = true;
  const resendVerification = vi.fn((_: unknown) => ({ delivery: "QUEUED", userErrors: [] }));
  let addressProven = false;
  const { user } = await open("inv_unproven", {
    ...world(offer, { resendVerification }),
    Query: () => ({ invitationByToken: { ...offer, strict: true, addressProven } }),
  });
  expect(await screen.findByText(/We have mailed a link there/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Accept" })).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Send another link" }));
  expect(resendVerification).toHaveBeenCalledOnce();
  addressProven = true;
  await user.click(screen.getByRole("button", { name: "I have confirmed it" }));
  expect(await screen.findByRole("button", { name: "Accept" })).toBeVisible();
});

test("a member is told that there is nothing to accept", async () => {
  inside = true;
  await open("inv_member", world({ ...offer, alreadyMember: true }));
  expect(await screen.findByRole("heading", { name: "You are a member of “Acme” already" })).toBeVisible();
  expect(screen.getByRole("button", { name: "Go to your accounts" })).toBeVisible();
});

test("a refusal is said on the page", async () => {
  inside = true;
  const acceptInvitation = () => {
    throw refusal("TRY_LATER", { retryAfter: 60 });
  };
  const { user } = await open("inv_later", world(offer, { acceptInvitation }));
  await user.click(await screen.findByRole("button", { name: "Accept" }));
  expect(await screen.findByRole("alert")).toHaveTextContent(/busy/);
});
