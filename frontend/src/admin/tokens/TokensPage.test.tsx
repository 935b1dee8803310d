import { screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { Fakes } from "../../lib/test/fakeApi";
import { renderAt } from "../../lib/test/renderAt";

const token = {
  id: "t1",
  name: "Billing sync",
  kind: "PERSONAL",
  maker: { id: "u9", name: "Olga Owner" },
  permissions: [],
  scopes: [{ account: null, permissions: ["ORDERS"] }],
  expiresAt: "2999-02-18T08:00:00Z",
  lastUsedAt: null,
  lastUsedAddress: null,
  usable: true,
  revokedAt: null,
  revokeReason: null,
};

const world = (acts: Record<string, unknown> = {}): Fakes => ({
  Viewer: () => ({
    kind: "STAFF",
    permissions: ["MANAGE_API_TOKENS", "LIST_USERS"],
    tokenPermissions: ["LIST_USERS"],
    user: { id: "u1", name: "Ada Admin" },
  }),
  Query: () => ({ apiTokens: () => ({ nodes: [token] }) }),
  Mutation: () => acts,
});

test("another's token is not rotated, and revoked for a reason only", async () => {
  const revokeApiToken = vi.fn((_: unknown) => ({
    apiToken: { ...token, revokedAt: "2026-11-22T08:00:00Z" },
    userErrors: [],
  }));
  const { user } = await renderAt("/admin/api-tokens", world({ revokeApiToken }));
  const row = (await screen.findByRole("heading", { name: /^Billing sync/ })).closest("li");
  expect(row).toHaveTextContent("Made by Olga Owner");
  expect(screen.queryByRole("button", { name: "Rotate" })).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Revoke" }));
  const dialog = await screen.findByRole("dialog", { name: "Revoke “Billing sync”?" });
  await user.click(within(dialog).getByRole("button", { name: "Revoke" }));
  expect(within(dialog).getByText("Give the reason: the token is somebody else’s.")).toBeVisible();
  expect(revokeApiToken).not.toHaveBeenCalled();
  await user.type(within(dialog).getByRole("textbox", { name: "Reason" }), "Found in a log");
  await user.click(within(dialog).getByRole("button", { name: "Revoke" }));
  expect(await screen.findByText("“Billing sync” was revoked.")).toBeVisible();
  expect(revokeApiToken).toHaveBeenCalledExactlyOnceWith({ input: { tokenId: "t1", reason: "Found in a log" } });
});

test("one for the installation has only permissions that a token can have", async () => {
  const createApiToken = vi.fn((_: unknown) => ({ apiToken: token, secret: "rat_secret", userErrors: [] }));
  const { user } = await renderAt("/admin/api-tokens", world({ createApiToken }));
  await user.click(await screen.findByRole("button", { name: "Make a token" }));
  const dialog = await screen.findByRole("dialog", { name: "Make an API token" });
  await user.type(within(dialog).getByRole("textbox", { name: "Name" }), "CRM");
  await user.click(await within(dialog).findByRole("checkbox"));
  await user.selectOptions(within(dialog).getByRole("combobox", { name: "Valid for" }), "30 days");
  await user.click(within(dialog).getByRole("button", { name: "Make" }));
  expect(await screen.findByRole("dialog", { name: "Copy the secret now" })).toHaveTextContent("rat_secret");
  expect(createApiToken).toHaveBeenCalledExactlyOnceWith({
    input: { name: "CRM", days: 30, permissions: ["LIST_USERS"] },
  });
});

test("without the permission the page says so", async () => {
  await renderAt("/admin/api-tokens", {
    Viewer: () => ({ kind: "STAFF", permissions: ["LIST_USERS"], user: { id: "u1", name: "Ada Admin" } }),
  });
  expect(await screen.findByRole("heading", { name: "You can’t open this page" })).toBeVisible();
  expect(screen.getByText(/needs the permission “Manage API tokens”/)).toBeVisible();
  expect(screen.queryByRole("heading", { name: "API tokens" })).not.toBeInTheDocument();
});
