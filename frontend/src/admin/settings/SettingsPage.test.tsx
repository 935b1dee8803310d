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
  identityVerification: {
    enabled: true,
    provider: "MANUAL",
    approvalDays: 0,
    tries: 3,
    secondReviewer: false,
    keepDays: 30,
  },
  identityProviders: [
    {
      name: "STRIPE",
      ready: false,
      tested: "UNTESTED",
      notices: "https://roster.example/identity-notices/stripe",
      secrets: [
        { name: "apiKey", set: true },
        { name: "webhookSecret", set: false },
      ],
    },
  ],
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

test("the rule of identity verification is saved as the others are; a service without its keys can’t be chosen", async () => {
  const update = vi.fn((_: unknown) => ({ settings: present, userErrors: [] }));
  const { user } = await renderAt("/admin/settings", page({ updateSettings: update }));
  const section = await screen.findByRole("region", { name: "Identity verification" });
  const service = within(section).getByRole("combobox", { name: "Decided by" });
  expect(within(service).getByRole("option", { name: "Stripe Identity (needs its keys first)" })).toBeDisabled();
  const days = within(section).getByRole("textbox", { name: "Days that documents are kept" });
  await user.clear(days);
  await user.type(days, "91");
  await user.click(screen.getByRole("button", { name: "Review and save" }));
  expect(days).toHaveAccessibleDescription(/Enter a number from 1 to 90/);
  await user.clear(days);
  await user.type(days, "14");
  await user.click(within(section).getByRole("checkbox", { name: "Second reviewer" }));
  await user.click(screen.getByRole("button", { name: "Review and save" }));
  const dialog = await screen.findByRole("dialog", { name: "Save these 2 changes?" });
  expect(within(dialog).getByText("Second reviewer").nextElementSibling).toHaveTextContent("Off → On");
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  expect(await screen.findByText("The settings were saved.")).toBeVisible();
  expect(update).toHaveBeenCalledExactlyOnceWith({
    input: { identityVerification: { secondReviewer: true, keepDays: 14 }, version: 4 },
  });
});

test("a service is given its keys, with a fresh proof, and what was given is never shown", async () => {
  const give = vi
    .fn()
    .mockImplementationOnce(() => {
      throw refusal("SUDO_REQUIRED");
    })
    .mockImplementationOnce(() => ({ provider: present.identityProviders[0], userErrors: [] }));
  const confirm = () => ({ sudoUntil: "2026-11-24T12:00:00Z", secondFactorNeeded: false, userErrors: [] });
  const { user } = await renderAt(
    "/admin/settings",
    page({ setIdentityProviderSecrets: give, confirmIdentity: confirm }),
  );
  const section = await screen.findByRole("region", { name: "Stripe Identity" });
  const secret = within(section).getByLabelText(/^Signing secret of the webhook/);
  expect(secret).toHaveAttribute("type", "password");
  expect(within(section).getByLabelText(/^Secret key/)).toHaveValue("");
  expect(
    within(section)
      .getAllByText(/^(Set|Not set)$/)
      .map(({ textContent }) => textContent),
  ).toEqual(["Set", "Not set"]);
  expect(within(section).getByText("https://roster.example/identity-notices/stripe")).toBeVisible();
  expect(within(section).getByRole("button", { name: "Test connection" })).toBeDisabled();
  await user.type(secret, "whsec_1234");
  await user.click(within(section).getByRole("button", { name: "Save keys" }));
  await user.type(await screen.findByLabelText("Password"), "my password");
  await user.click(screen.getByRole("button", { name: "Confirm" }));
  expect(await screen.findByText("The keys were saved.")).toBeVisible();
  expect(give).toHaveBeenLastCalledWith({
    input: { provider: "STRIPE", secrets: [{ name: "webhookSecret", value: "whsec_1234" }] },
  });
  expect(secret).toHaveValue("");
});

test.each([
  ["accepted", () => ({ accepted: true, userErrors: [] }), /Stripe Identity accepts the secret key/],
  [
    "refused",
    () => ({ accepted: false, userErrors: [{ field: ["secrets", "apiKey"], code: "INVALID", message: "No." }] }),
    /Stripe Identity does not accept the secret key/,
  ],
  [
    "not reached",
    () => {
      throw refusal("TRY_LATER", { retryAfter: 30 });
    },
    /Stripe Identity can’t be reached/,
  ],
])("what came of testing the connection is told in words: %s", async (_, answer, words) => {
  const ready = { ...present, identityProviders: present.identityProviders.map((one) => ({ ...one, ready: true })) };
  const { user } = await renderAt("/admin/settings", {
    ...page({ testIdentityProvider: answer }),
    Query: () => ({ settings: () => ready, roles: () => roles }),
  });
  const section = await screen.findByRole("region", { name: "Stripe Identity" });
  await user.click(within(section).getByRole("button", { name: "Test connection" }));
  expect(await within(section).findByRole("alert")).toHaveTextContent(words);
});

test.each([
  ["UNTESTED", "Stripe Identity", /^The keys of Stripe Identity were never tested/],
  ["ACCEPTED", "Stripe Identity", undefined],
  ["REFUSED", "Stripe Identity (did not accept its keys)", undefined],
])(
  "a service whose keys are %s is chosen with a warning, without one, or not at all",
  async (tested, label, warning) => {
    const services = present.identityProviders.map((one) => ({ ...one, ready: true, tested }));
    const { user } = await renderAt("/admin/settings", {
      ...page(),
      Query: () => ({ settings: () => ({ ...present, identityProviders: services }), roles: () => roles }),
    });
    const choice = await screen.findByRole("combobox", { name: "Decided by" });
    const option = within(choice).getByRole("option", { name: label });
    if (tested === "REFUSED") {
      expect(option).toBeDisabled();
      return;
    }
    expect(screen.queryByText(/were never tested/)).toBeNull();
    await user.selectOptions(choice, label);
    if (warning) expect(await screen.findByRole("alert")).toHaveTextContent(warning);
    else expect(screen.queryByRole("alert")).toBeNull();
  },
);

test("a service in use that refuses its keys is warned of, and what a test says is read anew", async () => {
  let tested = "ACCEPTED";
  const answer = () => {
    tested = "REFUSED";
    return { accepted: false, userErrors: [{ field: ["secrets", "apiKey"], code: "INVALID", message: "No." }] };
  };
  const inUse = () => ({
    ...present,
    identityVerification: { ...present.identityVerification, provider: "STRIPE" },
    identityProviders: present.identityProviders.map((one) => ({ ...one, ready: true, tested })),
  });
  const { user } = await renderAt("/admin/settings", {
    ...page({ testIdentityProvider: answer }),
    Query: () => ({ settings: inUse, roles: () => roles }),
  });
  const section = await screen.findByRole("region", { name: "Stripe Identity" });
  expect(screen.queryByText(/when they were tested last/)).toBeNull();
  await user.click(within(section).getByRole("button", { name: "Test connection" }));
  expect(await screen.findByText(/^Stripe Identity did not accept its keys when they were tested last/)).toBeVisible();
  expect(within(section).getByRole("alert")).toHaveTextContent(/does not accept the secret key/);
  expect(screen.getByRole("combobox", { name: "Decided by" })).toHaveValue("STRIPE");
});
