import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderAt } from "../../lib/test/renderAt";
import { acme, managing, membership, olga, tom, world } from "./fakeAccount";

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
