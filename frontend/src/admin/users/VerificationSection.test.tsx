import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { Fakes } from "../../lib/test/fakeApi";
import { renderAt } from "../../lib/test/renderAt";

const step = (status: string, day: number, more: Record<string, unknown> = {}) => ({
  at: `2026-11-${day}T08:00:00Z`,
  status,
  by: "STAFF",
  byName: "Grace Hopper",
  provider: "MANUAL",
  earlier: false,
  cause: null,
  reason: null,
  ...more,
});

const untouched = {
  status: "NOT_REQUESTED",
  applicable: true,
  provider: null,
  requestedAt: null,
  submittedAt: null,
  decidedAt: null,
  expiresAt: null,
  cause: null,
  reason: null,
  triesLeft: 3,
  approvedOnce: false,
  history: [] as unknown[],
};

const rejected = {
  ...untouched,
  status: "REJECTED",
  provider: "MANUAL",
  requestedAt: "2026-11-18T08:00:00Z",
  submittedAt: "2026-11-19T08:00:00Z",
  decidedAt: "2026-11-20T08:00:00Z",
  cause: "MISMATCH",
  reason: "Another face.",
  triesLeft: 2,
  history: [
    step("REJECTED", 20, { cause: "MISMATCH", reason: "Another face." }),
    step("SUBMITTED", 19, { by: "SELF", byName: null }),
    step("REQUESTED", 18),
    step("REJECTED", 17, {
      by: "PROVIDER",
      byName: null,
      provider: "Validation.com (service ended 2023)",
      earlier: true,
      cause: "OTHER",
      reason: "In 2022",
    }),
  ],
};

const ada = { id: "user-7", number: 7, name: "Ada Lovelace", email: "ada@example.com", state: "ACTIVE", role: null };

const page = (
  verification: unknown,
  mutations: Record<string, unknown> = {},
  permissions = ["MANAGE_USER_VERIFICATION"],
): Fakes => ({
  Viewer: () => ({
    kind: "STAFF",
    permissions: ["LIST_USERS", ...permissions],
    user: { id: "me", name: "Me", identityVerification: verification && { status: "NOT_REQUESTED" } },
  }),
  Query: () => ({ user: () => ({ ...ada, identityVerification: verification }) }),
  Mutation: () => mutations,
});

/** The section, once it has come. */
const section = async () => {
  await screen.findByText("Status", { selector: "dt" });
  return screen.getByRole("region", { name: "Identity verification" });
};

test("it says where it stands, since when, by whom and why, and every step, earlier services by their names", async () => {
  await renderAt("/admin/users/7", page(rejected));
  const shown = await section();
  const history = within(await within(shown).findByRole("list", { name: "History" })).getAllByRole("listitem");
  for (const [name, value] of [
    ["Status", "Rejected"],
    ["Since", "20 Nov 2026"],
    ["By", "Grace Hopper"],
    ["Decided by", "Our own staff"],
    ["Why", "It does not match the profile"],
    ["In the reviewer’s words", "Another face."],
    ["Tries left", "2"],
  ] as const)
    expect(within(shown).getByText(name, { selector: "dt" }).nextElementSibling).toHaveTextContent(value);
  expect(history.map(({ textContent }) => textContent)).toEqual([
    expect.stringMatching(/^RejectedBy Grace HopperIt does not match the profile“Another face\.”/),
    expect.stringMatching(/^SubmittedBy the user/),
    expect.stringMatching(/^RequestedBy Grace Hopper/),
    expect.stringMatching(/^RejectedThrough Validation\.com \(service ended 2023\)Something else“In 2022”17 Nov 2026$/),
  ]);
  expect(history[0], "of what happened here the time is known").toHaveTextContent(/20 Nov 2026, \d\d:\d\d$/);
});

test("an approval says until when it holds, and that it ends where the user is asked anew", async () => {
  const approved = { ...rejected, status: "APPROVED", cause: null, reason: null, expiresAt: "2027-11-20T08:00:00Z" };
  const { user } = await renderAt("/admin/users/7", page(approved));
  const shown = await section();
  expect((await within(shown).findByText("Until", { selector: "dt" })).nextElementSibling).toHaveTextContent(
    "20 Nov 2027",
  );
  await user.click(within(shown).getByRole("button", { name: "Initiate…" }));
  expect(await screen.findByRole("dialog")).toHaveTextContent("The approval that holds now ends with it.");
});

test("who placed no order can’t be asked, and the reason is there to read", async () => {
  const initiate = vi.fn();
  const { user } = await renderAt(
    "/admin/users/7",
    page({ ...untouched, applicable: false }, { initiateIdentityVerification: initiate }),
  );
  const button = within(await section()).getByRole("button", { name: "Initiate…" });
  expect(button).toHaveAttribute("aria-disabled", "true");
  expect(button).toHaveAccessibleDescription(/placed no order/);
  await user.click(button);
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(initiate).not.toHaveBeenCalled();
});

test("the dialog says that a mail goes out, and the page shows what became of it", async () => {
  const initiate = vi.fn((_: unknown) => ({
    user: {
      ...ada,
      identityVerification: { ...untouched, status: "REQUESTED", provider: "MANUAL", history: [step("REQUESTED", 21)] },
    },
    userErrors: [],
  }));
  const { user } = await renderAt("/admin/users/7", page(untouched, { initiateIdentityVerification: initiate }));
  await user.click(within(await section()).getByRole("button", { name: "Initiate…" }));
  const dialog = await screen.findByRole("dialog", { name: "Ask Ada Lovelace to prove who they are?" });
  expect(dialog).toHaveTextContent("gets a mail at ada@example.com");
  expect(dialog).not.toHaveTextContent("approval");
  await user.type(within(dialog).getByRole("textbox", { name: /^Reason/ }), " A large order ");
  await user.click(within(dialog).getByRole("button", { name: "Send the mail" }));
  expect(await screen.findByText("The mail to ada@example.com is queued.")).toBeVisible();
  expect(initiate).toHaveBeenCalledExactlyOnceWith({ input: { userId: "user-7", reason: "A large order" } });
  await waitFor(async () => expect(within(await section()).queryByRole("button", { name: "Initiate…" })).toBeNull());
});

test("a refusal is told in words", async () => {
  const { user } = await renderAt(
    "/admin/users/7",
    page(untouched, {
      initiateIdentityVerification: () => ({
        user: null,
        userErrors: [{ field: ["userId"], code: "NOT_ALLOWED", message: "No." }],
      }),
    }),
  );
  await user.click(within(await section()).getByRole("button", { name: "Initiate…" }));
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("button", { name: "Send the mail" }));
  expect(await within(dialog).findByRole("alert")).toHaveTextContent(
    /placed no order, is suspended, was asked already/,
  );
});

test("a reset asks for a reason", async () => {
  const reset = vi.fn((_: unknown) => ({ user: { ...ada, identityVerification: untouched }, userErrors: [] }));
  const { user } = await renderAt("/admin/users/7", page(rejected, { resetIdentityVerification: reset }));
  await user.click(within(await section()).getByRole("button", { name: "Reset…" }));
  const dialog = await screen.findByRole("dialog", { name: "Reset the identity verification?" });
  await user.click(within(dialog).getByRole("button", { name: "Reset" }));
  expect(within(dialog).getByRole("textbox", { name: "Reason" })).toHaveAccessibleDescription(/Say why\./);
  expect(reset).not.toHaveBeenCalled();
  await user.type(within(dialog).getByRole("textbox", { name: "Reason" }), "Wrong person");
  await user.click(within(dialog).getByRole("button", { name: "Reset" }));
  expect(await screen.findByText("The identity verification of Ada Lovelace was reset.")).toBeVisible();
  expect(reset).toHaveBeenCalledExactlyOnceWith({ input: { userId: "user-7", reason: "Wrong person" } });
});

test("an earlier result takes a service and a day that is over", async () => {
  const bring = vi.fn((_: unknown) => ({ user: { ...ada, identityVerification: rejected }, userErrors: [] }));
  const { user } = await renderAt("/admin/users/7", page(untouched, { bringIdentityVerification: bring }));
  await user.click(within(await section()).getByRole("button", { name: "Record an earlier result…" }));
  const dialog = await screen.findByRole("dialog", { name: "Record an earlier result" });
  const date = within(dialog).getByLabelText("Date");
  await user.type(date, "2999-01-01");
  await user.click(within(dialog).getByRole("button", { name: "Record" }));
  expect(date).toHaveAccessibleDescription(/not in the future/);
  expect(within(dialog).getByRole("textbox", { name: "Service" })).toHaveAccessibleDescription(/Enter the name/);
  await user.type(within(dialog).getByRole("textbox", { name: "Service" }), "Validation.com");
  await user.clear(date);
  await user.type(date, "2022-03-04");
  await user.selectOptions(within(dialog).getByRole("combobox", { name: "Result" }), "Not approved");
  await user.type(within(dialog).getByRole("textbox", { name: /Remark/ }), "Blurred");
  await user.click(within(dialog).getByRole("button", { name: "Record" }));
  expect(await screen.findByText("The result is in the history.")).toBeVisible();
  expect(bring).toHaveBeenCalledExactlyOnceWith({
    input: {
      userId: "user-7",
      provider: "Validation.com",
      approved: false,
      at: new Date("2022-03-04T12:00:00").toISOString(),
      reason: "Blurred",
    },
  });
});

test("what waits to be looked at leads to its review, unless another service decides", async () => {
  await renderAt("/admin/users/7", page({ ...rejected, status: "SUBMITTED", cause: null, reason: null }));
  expect(await screen.findByRole("link", { name: "Review" })).toHaveAttribute("href", "/admin/verifications/7");
});

test.each([
  ["without the permission", rejected, []],
  ["where the feature is switched off", null, ["MANAGE_USER_VERIFICATION"]],
])("%s nothing of it shows", async (_, verification, permissions) => {
  await renderAt("/admin/users/7", page(verification, {}, permissions));
  await screen.findByRole("heading", { name: "Ada Lovelace" });
  expect(screen.queryByText("Identity verification")).toBeNull();
});

test("the user’s orders lead to their accounts, and say which staff placed and where a proof was required", async () => {
  const order = (number: string, verificationRequired: boolean) => ({
    id: number,
    number,
    verificationRequired,
    placedByStaff: verificationRequired,
    createdAt: "2026-11-19T08:00:00Z",
    account: { id: "a3", number: 3, name: "Engines Ltd" },
  });
  await renderAt("/admin/users/7", {
    ...page(untouched, {}, ["LIST_ACCOUNTS"]),
    Query: () => ({
      user: () => ({
        ...ada,
        identityVerification: untouched,
        orders: () => ({ nodes: [order("A-1", true), order("A-2", false)] }),
      }),
    }),
  });
  const orders = await screen.findByRole("region", { name: "Orders" });
  const [first, second] = await within(orders).findAllByRole("listitem");
  expect(first).toHaveTextContent(/A-1.*Verification required.*Placed by staff/);
  expect(second).not.toHaveTextContent(/Verification required|Placed by staff/);
  expect(within(first as HTMLElement).getByRole("link", { name: "Engines Ltd" })).toHaveAttribute(
    "href",
    "/admin/accounts/3?tab=orders",
  );
});
