import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderAt } from "../../lib/test/renderAt";
import { acme, managing, me, membership, pending, tom, world } from "./fakeAccount";

test("an invitation is sent with chosen permissions, and stands in the list with the fate of its mail", async () => {
  const nodes: object[] = [];
  const inviteUser = vi.fn((_: unknown) => {
    nodes.push(pending);
    return { invitation: pending, present: null, userErrors: [] };
  });
  const { user } = await renderAt(
    "/accounts/7?tab=users",
    world({ account: { ...managing, invitations: () => ({ nodes: [...nodes] }) }, acts: { inviteUser } }),
  );
  expect(await screen.findByText("No pending invitations")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Invite user" }));
  const dialog = await screen.findByRole("dialog", { name: "Invite a user" });
  await user.type(within(dialog).getByRole("textbox", { name: "Email address" }), "new@example.com");
  await user.click(within(dialog).getByRole("button", { name: "Send invitation" }));
  expect(within(dialog).getByRole("alert")).toHaveTextContent("Choose at least one permission.");
  expect(inviteUser).not.toHaveBeenCalled();
  await user.click(within(dialog).getByRole("checkbox", { name: /Place New Orders/ }));
  await user.click(within(dialog).getByRole("button", { name: "Send invitation" }));
  const section = screen.getByRole("region", { name: "Pending invitations" });
  expect(await within(section).findByText("Mail could not be delivered")).toBeVisible();
  expect(inviteUser).toHaveBeenCalledExactlyOnceWith({
    input: { accountId: "a7", email: "new@example.com", permissions: ["ORDERS"] },
  });
});

test("an invitation that is open already can be sent again", async () => {
  const resendInvitation = vi.fn((_: unknown) => ({ invitation: pending, userErrors: [] }));
  const inviteUser = () => ({
    invitation: null,
    present: pending,
    userErrors: [{ field: ["email"], code: "CONFLICT", message: "No." }],
  });
  const { user } = await renderAt(
    "/accounts/7?tab=users",
    world({ account: managing, acts: { inviteUser, resendInvitation } }),
  );
  await user.click(await screen.findByRole("button", { name: "Invite user" }));
  const dialog = await screen.findByRole("dialog", { name: "Invite a user" });
  await user.type(within(dialog).getByRole("textbox", { name: "Email address" }), "new@example.com");
  await user.click(within(dialog).getByRole("checkbox", { name: /Place New Orders/ }));
  await user.click(within(dialog).getByRole("button", { name: "Send invitation" }));
  await user.click(await within(dialog).findByRole("button", { name: "Resend it to new@example.com" }));
  expect(await screen.findByText("Another mail is on its way to new@example.com.")).toBeVisible();
  expect(resendInvitation).toHaveBeenCalledExactlyOnceWith({ input: { invitationId: "i1" } });
});

test("an invitation is taken back after a question, and its mail is followed until it was sent", async () => {
  let sent = false;
  const nodes: object[] = [{ ...pending, delivery: "QUEUED" }];
  const cancelInvitation = vi.fn((_: unknown) => ({ invitation: { ...pending, status: "CANCELLED" }, userErrors: [] }));
  const fakes = world({ account: { ...managing, invitations: () => ({ nodes }) }, acts: { cancelInvitation } });
  const { user } = await renderAt("/accounts/7?tab=users", {
    ...fakes,
    Query: () => ({
      ...fakes.Query?.(),
      nodes: () => [{ __typename: "Invitation", ...pending, delivery: sent ? "SENT" : "QUEUED" }],
    }),
  });
  expect(await screen.findByText("Mail is on its way")).toBeVisible();
  sent = true;
  expect(await screen.findByText("Mail was sent", {}, { timeout: 4000 })).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Cancel invitation" }));
  const dialog = await screen.findByRole("dialog", { name: "Cancel this invitation?" });
  expect(cancelInvitation).not.toHaveBeenCalled();
  await user.click(within(dialog).getByRole("button", { name: "Take it back" }));
  expect(await screen.findByText("No pending invitations")).toBeVisible();
  expect(cancelInvitation).toHaveBeenCalledExactlyOnceWith({ input: { invitationId: "i1" } });
});

test("who leaves the list is not asked for its mails any more", async () => {
  let asked = 0;
  let answer: (value: unknown[]) => void = () => {};
  const fakes = world({
    account: { ...managing, invitations: () => ({ nodes: [{ ...pending, delivery: "QUEUED" }] }) },
  });
  const { user } = await renderAt("/accounts/7?tab=users", {
    ...fakes,
    Query: () => ({
      ...fakes.Query?.(),
      nodes: () => {
        asked++;
        return new Promise((done) => {
          answer = done;
        });
      },
    }),
  });
  expect(await screen.findByText("Mail is on its way")).toBeVisible();
  await waitFor(() => expect(asked).toBe(1), { timeout: 4000 });
  await user.click(screen.getByRole("link", { name: "Overview" }));
  await waitFor(() => expect(screen.queryByText("Mail is on its way")).not.toBeInTheDocument());
  vi.useFakeTimers();
  answer([{ __typename: "Invitation", ...pending, delivery: "QUEUED" }]);
  await vi.advanceTimersByTimeAsync(60_000);
  vi.useRealTimers();
  expect(asked).toBe(1);
});

test("an ownership on offer stands where the users are, and can be withdrawn there", async () => {
  const offer = {
    offeredAt: "2026-11-20T08:00:00Z",
    expiresAt: "2026-11-27T08:00:00Z",
    membership: { id: "m2", user: tom },
  };
  const withdrawOwnershipOffer = vi.fn((_: unknown) => ({
    account: { ...acme, ownershipOffer: null },
    userErrors: [],
  }));
  const account = {
    ...managing,
    members: () => ({ nodes: [membership("m1", me, { owner: true }), membership("m2", tom)] }),
    viewerMembership: { id: "m1", owner: true, ended: false, endsAt: null },
    ownershipOffer: offer,
  };
  const { user } = await renderAt("/accounts/7?tab=users", world({ account, acts: { withdrawOwnershipOffer } }));
  expect(await screen.findByText("Offered the ownership")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Actions for Tom Tester" }));
  await screen.findByRole("menuitem", { name: "Permissions…" });
  expect(screen.queryByRole("menuitem", { name: "Hand over ownership…" })).not.toBeInTheDocument();
  await user.keyboard("{Escape}");
  await user.click(within(screen.getByRole("region", { name: "Ownership" })).getByRole("button", { name: "Withdraw" }));
  await waitFor(() => expect(screen.queryByText("Offered the ownership")).not.toBeInTheDocument());
  expect(withdrawOwnershipOffer).toHaveBeenCalledExactlyOnceWith({ input: { accountId: "a7" } });
});

test("a last day that is over is refused in words, at its field", async () => {
  const inviteUser = () => ({
    invitation: null,
    present: null,
    userErrors: [{ field: ["endsAt"], code: "INVALID", message: "No." }],
  });
  const { user } = await renderAt("/accounts/7?tab=users", world({ account: managing, acts: { inviteUser } }));
  await user.click(await screen.findByRole("button", { name: "Invite user" }));
  const dialog = await screen.findByRole("dialog", { name: "Invite a user" });
  await user.type(within(dialog).getByRole("textbox", { name: "Email address" }), "new@example.com");
  await user.click(within(dialog).getByRole("checkbox", { name: /Place New Orders/ }));
  const day = within(dialog).getByLabelText(/^Ends/);
  await user.type(day, "2020-01-31");
  await user.click(within(dialog).getByRole("button", { name: "Send invitation" }));
  await waitFor(() => expect(day).toHaveAccessibleDescription(/Choose today or a later day\./));
});
