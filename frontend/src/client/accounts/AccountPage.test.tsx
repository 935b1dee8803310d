import { screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { refusal } from "../../lib/test/fakeApi";
import { renderAt } from "../../lib/test/renderAt";
import { acme, world } from "./fakeAccount";

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
