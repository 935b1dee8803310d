import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { Fakes } from "../../lib/test/fakeApi";
import { renderAt } from "../../lib/test/renderAt";

const acme = { id: "a7", number: 7, name: "Acme", email: "bills@acme.example", status: "ACTIVE", version: 4 };
const tom = { id: "u2", number: 2, name: "Tom Tester", email: "tom@example.com", state: "ACTIVE" };

function world(associateUser: (vars: unknown) => unknown): Fakes {
  return {
    Viewer: () => ({ kind: "STAFF", permissions: ["LIST_USERS", "LIST_ACCOUNTS", "MANAGE_MEMBERSHIPS"] }),
    Query: () => ({
      account: () => ({ ...acme, members: () => ({ nodes: [] }), invitations: () => ({ nodes: [] }) }),
      users: () => ({ nodes: [tom] }),
      permissionTemplates: () => [{ id: "t1", name: "Bookkeeper", permissions: ["INVOICES", "ORDERS"] }],
    }),
    Mutation: () => ({ associateUser }),
  };
}

const refused = (field: string, code: string) => () => ({
  membership: null,
  invitation: null,
  userErrors: [{ field: [field], code, message: "No." }],
});

test.each([
  ["CONFLICT", "An invitation to this address is open already."],
  ["NOT_ALLOWED", "This user can reach the account already"],
  ["INVALID", "This is not an email address."],
])("what is wrong with a chosen user (%s) shows where the user was chosen", async (code, text) => {
  const { user } = await renderAt("/admin/accounts/7?tab=users", world(refused("email", code)));
  await user.click(await screen.findByRole("button", { name: "Associate user" }));
  const dialog = await screen.findByRole("dialog", { name: "Associate a user" });
  const picker = within(dialog).getByRole("combobox", { name: "User" });
  await user.type(picker, "tom");
  await user.click(await screen.findByRole("option", { name: /Tom Tester/ }));
  await user.click(await within(dialog).findByRole("button", { name: "Bookkeeper" }));
  await user.click(within(dialog).getByRole("button", { name: "Send invitation" }));
  await waitFor(() => expect(picker).toHaveAccessibleDescription(new RegExp(text)));
});

test("a new address is brought in at once with a name, the permissions and the end", async () => {
  const associateUser = vi.fn((_: unknown) => ({ membership: { id: "m1" }, invitation: null, userErrors: [] }));
  const { user } = await renderAt("/admin/accounts/7?tab=users", world(associateUser));
  await user.click(await screen.findByRole("button", { name: "Associate user" }));
  const dialog = await screen.findByRole("dialog", { name: "Associate a user" });
  await user.click(within(dialog).getByRole("radio", { name: "Email address" }));
  await user.click(within(dialog).getByRole("checkbox", { name: "Send an invitation" }));
  await user.type(within(dialog).getByRole("textbox", { name: "Email address" }), "new@example.com");
  await user.type(within(dialog).getByRole("textbox", { name: "First name" }), "Nora");
  await user.click(await within(dialog).findByRole("button", { name: "Bookkeeper" }));
  await user.click(within(dialog).getByRole("button", { name: "Associate" }));
  expect(await screen.findByText("The user was associated.")).toBeVisible();
  expect(associateUser).toHaveBeenCalledExactlyOnceWith({
    input: {
      accountId: "a7",
      email: "new@example.com",
      firstName: "Nora",
      lastName: "",
      permissions: ["INVOICES", "ORDERS"],
      sendInvitation: false,
    },
  });
});

test.each([true, false])("an order is recorded with a proof of identity required: %s", async (required) => {
  const recordOrder = vi.fn((_: unknown) => ({ order: { id: "o1" }, userErrors: [] }));
  const { user } = await renderAt("/admin/accounts/7?tab=orders", {
    Viewer: () => ({ kind: "STAFF", permissions: ["LIST_USERS", "LIST_ACCOUNTS", "EDIT_ACCOUNTS"] }),
    Query: () => ({
      account: () => ({
        ...acme,
        members: () => ({ nodes: [] }),
        orders: () => ({ nodes: [{ id: "o0", number: "A-1", verificationRequired: required, placedBy: null }] }),
      }),
    }),
    Mutation: () => ({ recordOrder }),
  });
  expect((await screen.findByText("A-1")).closest("li")?.textContent?.includes("Verification required")).toBe(required);
  await user.click(screen.getByRole("button", { name: "Record an order" }));
  const dialog = await screen.findByRole("dialog", { name: "Record an order" });
  await user.type(within(dialog).getByRole("textbox", { name: "Number" }), "A-2");
  if (required) await user.click(within(dialog).getByRole("checkbox", { name: "Verification required" }));
  await user.click(within(dialog).getByRole("button", { name: "Record" }));
  expect(await screen.findByText("The order was recorded.")).toBeVisible();
  expect(recordOrder).toHaveBeenCalledExactlyOnceWith({
    input: { accountId: "a7", number: "A-2", verificationRequired: required },
  });
});

test("where nobody is asked to prove who they are, no order says that somebody has to", async () => {
  const { user } = await renderAt("/admin/accounts/7?tab=orders", {
    Viewer: () => ({
      kind: "STAFF",
      permissions: ["LIST_ACCOUNTS", "EDIT_ACCOUNTS"],
      user: { id: "me", name: "Me", identityVerification: null },
    }),
    Query: () => ({
      account: () => ({
        ...acme,
        members: () => ({ nodes: [] }),
        orders: () => ({ nodes: [{ id: "o0", number: "A-1", verificationRequired: true }] }),
      }),
    }),
  });
  await screen.findByText("A-1");
  await user.click(screen.getByRole("button", { name: "Record an order" }));
  await screen.findByRole("dialog", { name: "Record an order" });
  expect(screen.queryByText("Verification required")).toBeNull();
});
