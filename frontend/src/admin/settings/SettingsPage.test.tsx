import { screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { type Fakes, refusal } from "../../lib/test/fakeApi";
import { renderAt } from "../../lib/test/renderAt";

const present = {
  company: "Acme",
  registration: true,
  lockedProfile: ["email"],
  trustedDevices: true,
  version: 4,
  twoFactor: { staff: false, owners: false, everyone: false, graceDays: 0, since: null },
  apiBudget: { points: 100000, minutes: 10 },
};
const roles = [
  { __typename: "Role", id: "r1", name: "Auditor", requireTwoFactor: false },
  { __typename: "Role", id: "r2", name: "Full Administrator", requireTwoFactor: false },
];

function page(
  mutations: Record<string, unknown> = {},
  permissions = ["CONFIGURE_SETTINGS", "CONFIGURE_ROLES", "LIST_USERS"],
): Fakes {
  return {
    Viewer: () => ({
      kind: "STAFF",
      permissions,
      user: { __typename: "User", id: "u1", name: "Ada", twoFactorEnabled: false, role: roles[1] },
      accounts: { nodes: [] },
    }),
    Query: () => ({ settings: () => present, roles: () => roles }),
    Mutation: () => mutations,
  };
}

test("the difference is shown before it is saved, and only the difference is sent", async () => {
  const update = vi.fn((_: unknown) => ({ settings: present, userErrors: [] }));
  const setRole = vi.fn((_: unknown) => ({ role: { ...roles[0], requireTwoFactor: true }, userErrors: [] }));
  const { user } = await renderAt("/admin/settings", page({ updateSettings: update, setRoleTwoFactor: setRole }));
  await user.click(await screen.findByRole("checkbox", { name: "Registration" }));
  await user.click(screen.getByRole("checkbox", { name: "Last name" }));
  await user.click(screen.getByRole("checkbox", { name: "Auditor" }));
  expect(screen.getByText("3 changes")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Review and save" }));
  const dialog = await screen.findByRole("dialog", { name: "Save these 3 changes?" });
  for (const [label, difference] of [
    ["Registration", "On → Off"],
    ["Locked profile fields", "Email address → Last name and Email address"],
    ["Required for Auditor", "Off → On"],
  ] as const)
    expect(within(dialog).getByText(label).nextElementSibling).toHaveTextContent(difference);
  expect(within(dialog).queryByText(/no second factor yourself/)).toBeNull();
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  expect(await screen.findByText("The settings were saved.")).toBeVisible();
  expect(update).toHaveBeenCalledExactlyOnceWith({
    input: { registration: false, lockedProfile: ["lastName", "email"], version: 4 },
  });
  expect(setRole).toHaveBeenCalledExactlyOnceWith({ input: { roleId: "r1", required: true } });
});

test("who would be caught by the rule is warned, and a fresh proof is asked for", async () => {
  const update = vi
    .fn()
    .mockImplementationOnce(() => {
      throw refusal("SUDO_REQUIRED");
    })
    .mockReturnValueOnce({ settings: present, userErrors: [] });
  const confirm = () => ({ sudoUntil: "2026-11-24T12:00:00Z", secondFactorNeeded: false, userErrors: [] });
  const { user } = await renderAt("/admin/settings", page({ updateSettings: update, confirmIdentity: confirm }));
  await user.click(await screen.findByRole("checkbox", { name: "Required for staff" }));
  await user.click(screen.getByRole("button", { name: "Review and save" }));
  const dialog = await screen.findByRole("dialog", { name: "Save this change?" });
  expect(within(dialog).getByText(/You have no second factor yourself/)).toBeVisible();
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  await user.type(await screen.findByLabelText("Password"), "my password");
  await user.click(screen.getByRole("button", { name: "Confirm" }));
  expect(await screen.findByText("The settings were saved.")).toBeVisible();
  expect(update).toHaveBeenLastCalledWith({ input: { twoFactor: { staff: true }, version: 4 } });
});

test("the search finds settings by what they say", async () => {
  const { user } = await renderAt("/admin/settings", page());
  await user.type(await screen.findByRole("searchbox", { name: "Search settings" }), "30 DAYS");
  expect(screen.getByRole("checkbox", { name: "Trusted devices" })).toBeVisible();
  expect(screen.queryByRole("checkbox", { name: "Registration" })).toBeNull();
  await user.type(screen.getByRole("searchbox", { name: "Search settings" }), " nonsense");
  expect(screen.getByText("No setting matches")).toBeVisible();
});

test("what is wrong is said at its setting", async () => {
  const update = vi.fn(() => ({
    settings: null,
    userErrors: [{ field: ["company"], code: "INVALID", message: "No." }],
  }));
  const { user } = await renderAt("/admin/settings", page({ updateSettings: update }));
  const days = await screen.findByRole("textbox", { name: "Days of grace" });
  await user.clear(days);
  await user.type(days, "7x");
  await user.click(screen.getByRole("button", { name: "Review and save" }));
  expect(days).toHaveAccessibleDescription(/Enter a number from 0 to 365/);
  await user.clear(days);
  await user.type(days, "7");
  await user.type(screen.getByRole("textbox", { name: "Company" }), "!");
  await user.click(screen.getByRole("button", { name: "Review and save" }));
  await user.click(await screen.findByRole("button", { name: "Save" }));
  await vi.waitFor(() =>
    expect(screen.getByRole("textbox", { name: "Company" })).toHaveAccessibleDescription(/not in the right form/),
  );
});

test("who may not change roles is not shown them", async () => {
  await renderAt("/admin/settings", page({}, ["CONFIGURE_SETTINGS"]));
  await screen.findByRole("checkbox", { name: "Registration" });
  expect(screen.queryByRole("checkbox", { name: "Auditor" })).toBeNull();
});

test("whoever is late sees the difference to what somebody else saved, and saves again or not", async () => {
  let stored = present;
  const update = vi
    .fn()
    .mockImplementationOnce(() => {
      stored = { ...present, company: "Acme & Sons", version: 5 };
      return {
        settings: null,
        present: stored,
        userErrors: [{ field: ["version"], code: "CONFLICT", message: "Late." }],
      };
    })
    .mockReturnValueOnce({ settings: present, userErrors: [] });
  const { user } = await renderAt("/admin/settings", {
    ...page({ updateSettings: update }),
    Query: () => ({ settings: () => stored, roles: () => roles }),
  });
  await user.type(await screen.findByRole("textbox", { name: "Company" }), " Ltd");
  await user.click(screen.getByRole("button", { name: "Review and save" }));
  const dialog = await screen.findByRole("dialog", { name: "Save this change?" });
  expect(within(dialog).getByText("Company").nextElementSibling).toHaveTextContent("Acme → Acme Ltd");
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  expect(await within(dialog).findByRole("alert")).toHaveTextContent("Somebody else changed the settings");
  await vi.waitFor(() =>
    expect(within(dialog).getByText("Company").nextElementSibling).toHaveTextContent("Acme & Sons → Acme Ltd"),
  );
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  expect(await screen.findByText("The settings were saved.")).toBeVisible();
  expect(update).toHaveBeenLastCalledWith({ input: { company: "Acme Ltd", version: 5 } });
});
