import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { type Fakes, refusal } from "../../lib/test/fakeApi";
import { renderAt } from "../../lib/test/renderAt";

const olga = { id: "u9", name: "Olga Owner", email: "olga@example.com", twoFactorEnabled: true };
const me = { id: "u1", name: "Mia Member", email: "mia@example.com", twoFactorEnabled: false };
const tom = { id: "u2", name: "Tom Tester", email: "tom@example.com", twoFactorEnabled: false };

const membership = (id: string, user: object, more: object = {}) => ({
  id,
  user,
  owner: false,
  permissions: ["ORDERS"],
  lastSeenAt: null,
  endsAt: null,
  ended: false,
  version: 3,
  ...more,
});

const acme = {
  id: "a7",
  number: 7,
  name: "Acme",
  email: "bills@acme.example",
  status: "ACTIVE",
  version: 4,
  owner: olga,
  viewerPermissions: ["ORDERS"],
  viewerMembership: { id: "m1", owner: false, ended: false, endsAt: null },
  ownershipOffer: null,
};

interface World {
  account?: object;
  /** The account that is acted for, unless it is this one. */
  current?: object;
  viewer?: object;
  acts?: Record<string, unknown>;
}

function world({ account = {}, current, viewer = {}, acts = {} }: World = {}): Fakes {
  let acting: object = current ?? acme;
  const made = { ...acme, ...account };
  return {
    Viewer: () => ({
      kind: "USER",
      user: me,
      permissions: [],
      userManagement: true,
      account: acting,
      accounts: () => ({ nodes: [] }),
      ...viewer,
    }),
    Query: () => ({
      account: ({ number }: { number: number }) => (number === 7 ? made : null),
      permissionTemplates: () => [{ id: "t1", name: "Bookkeeper", permissions: ["INVOICES", "ORDERS"] }],
    }),
    Mutation: () => ({
      switchAccount: () => {
        acting = acme;
        return { viewer: { account: acme }, userErrors: [] };
      },
      ...acts,
    }),
  };
}

test.each([
  ["emails", "View Emails"],
  ["users", "Manage Users"],
])("the part %s without its permission says so, lists what one holds, and names the owner", async (tab, permission) => {
  await renderAt(`/accounts/7?tab=${tab}`, world());
  const denied = await screen.findByRole("region", { name: "This part is not open to you" });
  expect(denied).toHaveTextContent(`It needs the permission “${permission}” in this account.`);
  expect(denied).toHaveTextContent("Olga Owner, olga@example.com");
  expect(within(denied).getAllByRole("listitem")).toHaveLength(1);
  expect(denied).toHaveTextContent("Place New Orders");
});

test("a page of another account opens after switching only", async () => {
  const { user } = await renderAt(
    "/accounts/7?tab=orders",
    world({ current: { id: "a8", number: 8, name: "Bolt" }, account: { orders: () => ({ nodes: [] }) } }),
  );
  expect(await screen.findByText("This page belongs to Acme. You act for Bolt at present.")).toBeVisible();
  expect(screen.queryByText("No orders")).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Switch to Acme" }));
  expect(await screen.findByText("No orders")).toBeVisible();
});

test("a closed account says so, and one of others is as good as none", async () => {
  await renderAt("/accounts/7", world({ account: { status: "CLOSED" } }));
  expect(await screen.findByText("This account is closed")).toBeVisible();
  await renderAt("/accounts/9", world());
  expect(await screen.findByText("This account is none of yours")).toBeVisible();
});

test("where customers do not manage users, the part is hidden and its address says so", async () => {
  await renderAt("/accounts/7?tab=users", world({ viewer: { userManagement: false } }));
  expect(await screen.findByText("Managing users is switched off here. Please ask our staff.")).toBeVisible();
  expect(screen.queryByRole("link", { name: "Access grid" })).not.toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Orders" })).toBeVisible();
});

const managing = {
  viewerPermissions: ["ORDERS", "INVOICES", "MANAGE_USERS"],
  members: () => ({
    nodes: [
      membership("m9", olga, { owner: true, permissions: [] }),
      membership("m1", me),
      membership("m2", tom, { endsAt: "2027-01-31T12:00:00Z" }),
    ],
  }),
  invitations: () => ({ nodes: [] }),
};

test("members show what is known of them; neither the owner nor oneself can be changed", async () => {
  await renderAt("/accounts/7?tab=users", world({ account: managing }));
  const section = await screen.findByRole("region", { name: "Users" });
  const items = await within(section).findAllByRole("listitem");
  const [owner, self, other] = items as [HTMLElement, HTMLElement, HTMLElement];
  expect(owner).toHaveTextContent("Owner");
  expect(owner).toHaveTextContent("Two-factor");
  expect(within(owner).queryByRole("button")).not.toBeInTheDocument();
  expect(self).toHaveTextContent("You");
  expect(within(self).queryByRole("button")).not.toBeInTheDocument();
  expect(other).toHaveTextContent("Ends on 31 Jan 2027");
  expect(within(other).getByRole("button", { name: "Actions for Tom Tester" })).toBeVisible();
});

test("permissions are filled by a template and saved with the version; what one lacks can’t be given", async () => {
  const updateMembershipPermissions = vi.fn((_: unknown) => ({
    membership: membership("m2", tom, { permissions: ["INVOICES", "ORDERS"], version: 4 }),
    userErrors: [],
  }));
  const { user } = await renderAt(
    "/accounts/7?tab=users",
    world({ account: managing, acts: { updateMembershipPermissions } }),
  );
  await user.click(await screen.findByRole("button", { name: "Actions for Tom Tester" }));
  await user.click(await screen.findByRole("menuitem", { name: "Permissions…" }));
  const dialog = await screen.findByRole("dialog", { name: "What Tom Tester may do" });
  expect(within(dialog).getByRole("checkbox", { name: "View Domains" })).toBeDisabled();
  expect(within(dialog).getByRole("checkbox", { name: /Place New Orders/ })).toBeChecked();
  await user.click(within(dialog).getByRole("button", { name: "Nothing" }));
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  expect(within(dialog).getByRole("alert")).toHaveTextContent("Choose at least one permission.");
  expect(within(dialog).getByRole("group", { name: "Permissions" }), "it comes into sight").toHaveFocus();
  await user.click(await within(dialog).findByRole("button", { name: "Bookkeeper" }));
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  expect(await screen.findByText(/The permissions of Tom Tester were saved/)).toBeVisible();
  expect(updateMembershipPermissions).toHaveBeenCalledExactlyOnceWith({
    input: { membershipId: "m2", permissions: ["INVOICES", "ORDERS"], endsAt: "2027-01-31T12:00:00Z", version: 3 },
  });
});

test("whoever is late sees what somebody else let the member do, and takes it or saves their own", async () => {
  const left = membership("m2", tom, { permissions: ["ORDERS", "INVOICES"], endsAt: null, version: 4 });
  const updateMembershipPermissions = vi
    .fn()
    .mockReturnValueOnce({
      membership: null,
      present: left,
      userErrors: [{ field: ["version"], code: "CONFLICT", message: "Late." }],
    })
    .mockReturnValueOnce({ membership: left, userErrors: [] });
  const { user } = await renderAt(
    "/accounts/7?tab=users",
    world({ account: managing, acts: { updateMembershipPermissions } }),
  );
  await user.click(await screen.findByRole("button", { name: "Actions for Tom Tester" }));
  await user.click(await screen.findByRole("menuitem", { name: "Permissions…" }));
  const dialog = await screen.findByRole("dialog", { name: "What Tom Tester may do" });
  await user.click(within(dialog).getByRole("checkbox", { name: "Manage Users" }));
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  const theirs = await within(dialog).findByRole("alert");
  expect(theirs).toHaveTextContent("Place New Orders/Upgrades/Cancellations · View & Pay Invoices");
  expect(within(dialog).getByRole("checkbox", { name: "Manage Users" }), "what was ticked stays").toBeChecked();
  await user.click(within(theirs).getByRole("button", { name: "Take theirs" }));
  expect(within(dialog).getByRole("checkbox", { name: "View & Pay Invoices" })).toBeChecked();
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  expect(await screen.findByText(/The permissions of Tom Tester were saved/)).toBeVisible();
  expect(updateMembershipPermissions).toHaveBeenLastCalledWith({
    input: { membershipId: "m2", permissions: ["ORDERS", "INVOICES"], endsAt: null, version: 4 },
  });
});

test("the grid sends what changed and nothing else, after it was shown", async () => {
  const saveMemberships = vi.fn((_: unknown) => ({ memberships: [], userErrors: [] }));
  const { user } = await renderAt("/accounts/7?tab=grid", world({ account: managing, acts: { saveMemberships } }));
  const box = await screen.findByRole("checkbox", { name: "Tom Tester: View & Pay Invoices" });
  const own = screen.getByRole("checkbox", { name: "Mia Member: View & Pay Invoices" });
  await user.click(own);
  expect(own, "one's own can't be changed").not.toBeChecked();
  await user.click(screen.getByRole("checkbox", { name: "Tom Tester: View Domains" }));
  expect(screen.getByRole("button", { name: "Review and save" }), "nor what one lacks").toBeDisabled();
  await user.click(box);
  await user.click(screen.getByRole("button", { name: "Review and save" }));
  const dialog = await screen.findByRole("dialog", { name: "Save the change of 1 row?" });
  expect(dialog).toHaveTextContent("Gives: View & Pay Invoices");
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(dialog).not.toBeInTheDocument());
  expect(saveMemberships).toHaveBeenCalledExactlyOnceWith({
    input: {
      changes: [
        { membershipId: "m2", version: 3, permissions: ["INVOICES", "ORDERS"], endsAt: "2027-01-31T12:00:00Z" },
      ],
    },
  });
});

test("what somebody else saved meanwhile comes in, and the difference to it can be saved", async () => {
  let theirs = membership("m2", tom);
  const saveMemberships = vi.fn(({ input }: { input: { changes: { version: number }[] } }) => {
    if (input.changes[0]?.version === 4) return { memberships: [], userErrors: [] };
    theirs = membership("m2", tom, { permissions: ["EMAILS", "ORDERS"], version: 4 });
    return {
      memberships: [],
      userErrors: [{ field: ["changes", "0", "version"], code: "CONFLICT", message: "No." }],
    };
  });
  const account = { ...managing, members: () => ({ nodes: [theirs] }) };
  const { user } = await renderAt("/accounts/7?tab=grid", world({ account, acts: { saveMemberships } }));
  await user.click(await screen.findByRole("checkbox", { name: "Tom Tester: View & Pay Invoices" }));
  await user.click(screen.getByRole("button", { name: "Review and save" }));
  const dialog = await screen.findByRole("dialog", { name: "Save the change of 1 row?" });
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  expect(await within(dialog).findByText(/Tom Tester: somebody else changed this/)).toBeVisible();
  expect(await screen.findByRole("checkbox", { name: "Tom Tester: View Emails", hidden: true })).toBeChecked();
  expect(within(dialog).getByText("Gives: View & Pay Invoices")).toBeVisible();
  expect(within(dialog).queryByText(/Takes away/), "what they gave is not taken back").not.toBeInTheDocument();
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(dialog).not.toBeInTheDocument());
  expect(saveMemberships).toHaveBeenLastCalledWith({
    input: {
      changes: [{ membershipId: "m2", version: 4, permissions: ["INVOICES", "ORDERS", "EMAILS"], endsAt: null }],
    },
  });
});

test("the grid leaves nobody without a permission, and asks before its changes are left", async () => {
  const { user } = await renderAt("/accounts/7?tab=grid", world({ account: managing }));
  const last = await screen.findByRole("checkbox", { name: /^Tom Tester: Place New Orders/ });
  await user.click(last);
  expect(screen.getByText(/At least one permission must stay for Tom Tester/)).toBeVisible();
  expect(screen.getByRole("button", { name: "Review and save" })).toBeDisabled();
  await user.click(screen.getByRole("link", { name: "User Management" }));
  const dialog = await screen.findByRole("dialog", { name: "Leave without saving?" });
  await user.click(within(dialog).getByRole("button", { name: "Discard" }));
  expect(await screen.findByRole("region", { name: "Pending invitations" })).toBeVisible();
});

test("a member is removed after a question, and goes from the list", async () => {
  const nodes = [membership("m9", olga, { owner: true }), membership("m2", tom)];
  const removeMember = vi.fn((_: unknown) => {
    nodes.splice(1, 1);
    return { removedId: "m2", account: acme, userErrors: [] };
  });
  const { user } = await renderAt(
    "/accounts/7?tab=users",
    world({ account: { ...managing, members: () => ({ nodes: [...nodes] }) }, acts: { removeMember } }),
  );
  await user.click(await screen.findByRole("button", { name: "Actions for Tom Tester" }));
  await user.click(await screen.findByRole("menuitem", { name: "Remove access…" }));
  const dialog = await screen.findByRole("dialog", { name: "Remove the access of Tom Tester?" });
  await user.click(within(dialog).getByRole("button", { name: "Remove access" }));
  const section = screen.getByRole("region", { name: "Users" });
  await waitFor(() => expect(within(section).getAllByRole("listitem")).toHaveLength(1));
  expect(removeMember).toHaveBeenCalledExactlyOnceWith({ input: { membershipId: "m2" } });
});

const pending = {
  id: "i1",
  email: "new@example.com",
  account: acme,
  permissions: ["ORDERS"],
  membershipEndsAt: null,
  sentAt: "2026-11-20T08:00:00Z",
  expiresAt: "2026-11-27T08:00:00Z",
  status: "PENDING",
  delivery: "FAILED",
  inviter: olga,
};

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

test("a list that can’t be loaded says so, and can be tried again", async () => {
  let down = true;
  const emails = () => {
    if (down) throw refusal("TRY_LATER");
    return { edges: [] };
  };
  const { user } = await renderAt(
    "/accounts/7?tab=emails",
    world({ account: { viewerPermissions: ["EMAILS"], emails } }),
  );
  expect(await screen.findByText(/busy/)).toBeVisible();
  down = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("No mails")).toBeVisible();
});

test("the profile is changed with its version; what somebody else left is shown", async () => {
  const answers: unknown[] = [
    {
      account: null,
      present: { ...acme, name: "Acme Ltd", version: 5 },
      userErrors: [{ field: ["version"], code: "CONFLICT", message: "No." }],
    },
    { account: { ...acme, name: "Acme Inc", version: 6 }, present: null, userErrors: [] },
  ];
  const updateAccount = vi.fn((_: unknown) => answers.shift());
  const { user } = await renderAt(
    "/accounts/7",
    world({ account: { viewerPermissions: ["PROFILE"] }, acts: { updateAccount } }),
  );
  await user.click(await screen.findByRole("button", { name: "Edit profile" }));
  const name = await screen.findByRole("textbox", { name: "Name" });
  await user.clear(name);
  await user.type(name, "Acme Inc");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("Acme Ltd");
  await user.click(screen.getByRole("button", { name: "Save mine" }));
  expect(await screen.findByText("The profile was saved.")).toBeVisible();
  expect(updateAccount).toHaveBeenLastCalledWith({
    input: { accountId: "a7", version: 5, name: "Acme Inc", email: "bills@acme.example" },
  });
});

test("a member leaves after reading what happens", async () => {
  const leaveAccount = vi.fn((_: unknown) => ({ leftId: "a7", userErrors: [] }));
  const { user, path } = await renderAt("/accounts/7", world({ acts: { leaveAccount } }));
  await user.click(await screen.findByRole("button", { name: "Leave…" }));
  expect(screen.queryByRole("button", { name: "Edit profile" })).not.toBeInTheDocument();
  const dialog = await screen.findByRole("dialog", { name: "Leave Acme?" });
  expect(dialog).toHaveTextContent("You can come back only by another invitation.");
  await user.click(within(dialog).getByRole("button", { name: "Leave" }));
  expect(await screen.findByRole("heading", { name: "Your accounts" })).toBeVisible();
  expect(path()).toBe("/accounts");
  expect(leaveAccount).toHaveBeenCalledExactlyOnceWith({ input: { accountId: "a7" } });
});
