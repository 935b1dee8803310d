import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { Fakes } from "../../lib/test/fakeApi";
import { renderAt } from "../../lib/test/renderAt";

const me = { id: "u1", name: "Mia Member", email: "mia@example.com" };
const acme = { id: "a7", number: 7, name: "Acme", status: "ACTIVE", viewerPermissions: ["ORDERS", "INVOICES"] };
const bolt = { id: "a8", number: 8, name: "Bolt", status: "ACTIVE", viewerPermissions: ["ORDERS"] };
const token = {
  id: "t1",
  name: "Billing sync",
  kind: "PERSONAL",
  maker: me,
  permissions: [],
  scopes: [{ account: acme, permissions: ["ORDERS"] }],
  createdAt: "2026-11-20T08:00:00Z",
  expiresAt: "2999-02-18T08:00:00Z",
  lastUsedAt: null,
  lastUsedAddress: null,
  usable: true,
  revokedAt: null,
  revokeReason: null,
};

function world(nodes: object[], acts: Record<string, unknown> = {}): Fakes {
  return {
    Viewer: () => ({
      kind: "USER",
      user: me,
      permissions: [],
      account: null,
      accounts: () => ({ nodes: [acme, bolt].map((account) => ({ id: `m${account.id}`, account })) }),
      apiTokens: () => ({ nodes: [...nodes] }),
    }),
    Query: () => ({ permissionTemplates: () => [] }),
    Mutation: () => acts,
  };
}

test("a token is made for what is held in all chosen accounts, and its secret is shown once", async () => {
  const nodes: object[] = [];
  const createApiToken = vi.fn((_: unknown) => {
    nodes.push(token);
    return { apiToken: token, secret: "rat_secret", userErrors: [] };
  });
  const { user } = await renderAt("/security", world(nodes, { createApiToken }));
  const section = await screen.findByRole("region", { name: "API tokens" });
  expect(await within(section).findByText("No API tokens")).toBeVisible();
  expect(within(section).getByRole("link", { name: "API explorer" })).toHaveAttribute("href", "/explorer");
  await user.click(within(section).getByRole("button", { name: "Make a token" }));
  const dialog = await screen.findByRole("dialog", { name: "Make an API token" });
  await user.click(within(dialog).getByRole("button", { name: "Make" }));
  expect(within(dialog).getByText("Enter a name.")).toBeVisible();
  expect(within(dialog).getByText("Choose at least one account.")).toBeVisible();
  expect(within(dialog).getByText("Choose at least one permission.")).toBeVisible();
  await user.type(within(dialog).getByRole("textbox", { name: "Name" }), "Billing sync");
  const accounts = within(dialog).getByLabelText("Accounts", { selector: "input" });
  await user.click(accounts);
  await user.click(await screen.findByRole("option", { name: "Acme · #7" }));
  await user.click(within(dialog).getByRole("checkbox", { name: /View & Pay Invoices/ }));
  await user.click(within(dialog).getByRole("checkbox", { name: /Place New Orders/ }));
  expect(within(dialog).getByRole("checkbox", { name: /View Domains/ })).toBeDisabled();
  await user.click(accounts);
  await user.click(await screen.findByRole("option", { name: "Bolt · #8" }));
  // What is not held in both is taken off.
  expect(within(dialog).getByRole("checkbox", { name: /View & Pay Invoices/ })).toBeDisabled();
  await user.click(within(dialog).getByRole("button", { name: "Make" }));
  const shown = await screen.findByRole("dialog", { name: "Copy the secret now" });
  expect(shown).toHaveTextContent("rat_secret");
  expect(createApiToken).toHaveBeenCalledExactlyOnceWith({
    input: {
      name: "Billing sync",
      days: 90,
      accounts: [
        { accountId: "a7", permissions: ["ORDERS"] },
        { accountId: "a8", permissions: ["ORDERS"] },
      ],
    },
  });
  await user.click(within(shown).getAllByRole("button", { name: "Close" }).at(-1) as HTMLElement);
  await waitFor(() => expect(document.body).not.toHaveTextContent("rat_secret"));
  expect(await within(section).findByText("Billing sync")).toBeVisible();
});

test("a token is rotated and revoked after a question; what is over offers nothing", async () => {
  const over = {
    ...token,
    id: "t2",
    name: "Old",
    usable: false,
    revokedAt: "2026-11-21T08:00:00Z",
    revokeReason: "Found in a log",
  };
  const rotateApiToken = vi.fn((_: unknown) => ({ apiToken: token, secret: "rat_other", userErrors: [] }));
  const revokeApiToken = vi.fn((_: unknown) => ({
    apiToken: { ...token, revokedAt: "2026-11-22T08:00:00Z" },
    userErrors: [],
  }));
  const { user } = await renderAt("/security", world([token, over], { rotateApiToken, revokeApiToken }));
  const section = await screen.findByRole("region", { name: "API tokens" });
  const [row, gone] = (await within(section).findAllByRole("listitem")) as [HTMLElement, HTMLElement];
  expect(gone).toHaveTextContent("Found in a log");
  expect(within(gone).queryByRole("button")).not.toBeInTheDocument();
  await user.click(within(row).getByRole("button", { name: "Rotate" }));
  const ask = await screen.findByRole("dialog", { name: "Give “Billing sync” another secret?" });
  expect(rotateApiToken).not.toHaveBeenCalled();
  await user.click(within(ask).getByRole("button", { name: "Rotate" }));
  const shown = await screen.findByRole("dialog", { name: "Copy the secret now" });
  expect(shown).toHaveTextContent("rat_other");
  await user.click(within(shown).getAllByRole("button", { name: "Close" }).at(-1) as HTMLElement);
  await user.click(within(row).getByRole("button", { name: "Revoke" }));
  const revoke = await screen.findByRole("dialog", { name: "Revoke “Billing sync”?" });
  await user.click(within(revoke).getByRole("button", { name: "Revoke" }));
  expect(await within(row).findByText("Revoked")).toBeVisible();
  expect(revokeApiToken).toHaveBeenCalledExactlyOnceWith({ input: { tokenId: "t1" } });
});
