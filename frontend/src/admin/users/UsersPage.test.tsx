import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { type Fakes, refusal } from "../../lib/test/fakeApi";
import { renderAt } from "../../lib/test/renderAt";

type Args = { filter?: Record<string, unknown>; orderBy?: unknown; after?: string; first?: number };

const person = (number: number, name: string, more: Record<string, unknown> = {}) => ({
  id: `user-${number}`,
  number,
  name,
  email: `${name.toLowerCase()}@example.com`,
  role: null,
  ...more,
});

/** An API that answers the list with `answer`, and holds every permission of the page. */
function list(answer: (args: Args) => unknown): Fakes {
  return {
    Viewer: () => ({ kind: "STAFF", permissions: ["LIST_USERS", "RESET_USER_PASSWORD"] }),
    Query: () => ({ users: answer }),
  };
}

test("searches, filters and orders are asked of the API and stand in the address", async () => {
  const asked = vi.fn((_: Args) => ({ nodes: [person(1, "Ada")], totalCount: 1, totalCountIsEstimate: false }));
  const { user, path } = await renderAt("/admin/users?sort=PASSWORD&twoFactor=maybe", list(asked));
  await screen.findByRole("link", { name: "Ada" });
  expect(asked).toHaveBeenCalledWith({ first: 50, filter: {} });

  await user.type(screen.getByRole("searchbox", { name: "Search users" }), "garc");
  await user.click(screen.getByRole("button", { name: "Filter" }));
  await user.selectOptions(await screen.findByRole("combobox", { name: "Two-factor" }), "On");
  await user.keyboard("{Escape}");
  await user.click(screen.getByRole("button", { name: /Last sign-in/ }));
  await vi.waitFor(() => expect(path()).toBe("/admin/users?q=garc&twoFactor=true&sort=LAST_LOGIN&direction=DESC"));
  await vi.waitFor(() =>
    expect(asked).toHaveBeenCalledWith({
      first: 50,
      filter: { search: "garc", twoFactorEnabled: true },
      orderBy: { field: "LAST_LOGIN", direction: "DESC" },
    }),
  );
  await user.click(screen.getByRole("button", { name: "Remove the filter Two-factor: On" }));
  await vi.waitFor(() => expect(path()).toBe("/admin/users?q=garc&sort=LAST_LOGIN&direction=DESC"));
});

test("states are told in words, not by colour alone", async () => {
  await renderAt(
    "/admin/users",
    list(() => ({
      nodes: [
        person(1, "Ada", { twoFactorEnabled: true, securityQuestionSet: false, lastLoginAt: null }),
        person(2, "Bob", { twoFactorEnabled: false, securityQuestionSet: true, state: "SUSPENDED" }),
      ],
    })),
  );
  const row = async (name: string) => (await screen.findByRole("link", { name })).closest("tr") as HTMLElement;
  expect(await row("Ada")).toHaveTextContent("Two-factor sign-in is on");
  expect(await row("Ada")).toHaveTextContent("No security question is set");
  expect(await row("Ada")).toHaveTextContent("Never");
  expect(await row("Bob")).toHaveTextContent("Two-factor sign-in is off");
  expect(await row("Bob")).toHaveTextContent("A security question is set");
  expect(await row("Bob")).toHaveTextContent("Suspended");
});

test("further pages are fetched by cursor, and each user is shown once", async () => {
  const pages: Record<string, unknown> = {
    first: { nodes: [person(1, "Ada"), person(2, "Bob")], pageInfo: { hasNextPage: true, endCursor: "c1" } },
    c1: { nodes: [person(2, "Bob"), person(3, "Cleo")], pageInfo: { hasNextPage: false, endCursor: "c2" } },
  };
  await renderAt(
    "/admin/users",
    list(({ after }) => pages[after ?? "first"]),
  );
  await screen.findByRole("link", { name: "Cleo" });
  expect(screen.getAllByRole("link", { name: "Bob" })).toHaveLength(1);
});

test("no match is said, and so is a failure, which can be tried again", async () => {
  let down = true;
  const { user } = await renderAt(
    "/admin/users",
    list(() => {
      if (down) throw refusal("TRY_LATER");
      return { nodes: [], totalCount: 0, totalCountIsEstimate: false };
    }),
  );
  expect(await screen.findByText(/The server is busy/)).toBeVisible();
  down = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("No user matches")).toBeVisible();
});

test("Password Reset is asked about before it is sent", async () => {
  const send = vi.fn((_: unknown) => ({ userErrors: [] }));
  const { user } = await renderAt("/admin/users", {
    ...list(() => ({ nodes: [person(7, "Ada", { state: "ACTIVE" })] })),
    Mutation: () => ({ sendPasswordReset: send }),
  });
  await user.click(await screen.findByRole("button", { name: "Actions for Ada" }));
  await user.click(await screen.findByRole("menuitem", { name: "Password reset…" }));
  const dialog = await screen.findByRole("dialog", { name: "Send a password reset?" });
  expect(dialog).toHaveTextContent("ada@example.com");
  expect(send).not.toHaveBeenCalled();
  await user.click(within(dialog).getByRole("button", { name: "OK" }));
  expect(await screen.findByText("The mail to ada@example.com is queued.")).toBeVisible();
  expect(send).toHaveBeenCalledExactlyOnceWith({ input: { userId: "user-7" } });
});

test("without RESET_USER_PASSWORD the menu does not offer it", async () => {
  const { user } = await renderAt("/admin/users", {
    Viewer: () => ({ kind: "STAFF", permissions: ["LIST_USERS"] }),
    Query: () => ({ users: () => ({ nodes: [person(7, "Ada", { state: "ACTIVE" })] }) }),
  });
  await user.click(await screen.findByRole("button", { name: "Actions for Ada" }));
  await screen.findByRole("menuitem", { name: "Manage user" });
  expect(screen.queryByRole("menuitem", { name: "Password reset…" })).toBeNull();
});

/** Whoever may ask how far users came with proving who they are; `on`: it is asked of users at all. */
const reviewer = (answer: (args: Args) => unknown, on = true, permissions = ["MANAGE_USER_VERIFICATION"]): Fakes => ({
  ...list(answer),
  Viewer: () => ({
    kind: "STAFF",
    permissions: ["LIST_USERS", ...permissions],
    user: { id: "me", name: "Me", identityVerification: on ? { status: "NOT_REQUESTED" } : null },
  }),
});

test("proofs of identity are a column, and a filter; both stand in the address", async () => {
  const proof = { status: "SUBMITTED" };
  const asked = vi.fn((_: Args) => ({ nodes: [person(1, "Ada", { identityVerification: proof })], totalCount: 1 }));
  const { user, path } = await renderAt("/admin/users", reviewer(asked));
  await screen.findByRole("link", { name: "Ada" });
  expect(screen.queryByText("Submitted")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Columns" }));
  await user.click(await screen.findByRole("menuitemcheckbox", { name: "Identity verification" }));
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.getByRole("link", { name: "Ada" }).closest("tr")).toHaveTextContent("Submitted"));

  await user.click(screen.getByRole("button", { name: "Filter" }));
  await user.selectOptions(await screen.findByRole("combobox", { name: "Identity verification" }), "Submitted");
  await user.keyboard("{Escape}");
  await user.click(within(screen.getByRole("table")).getByRole("button", { name: /Identity verification/ }));
  await waitFor(() => expect(path()).toBe("/admin/users?verification=SUBMITTED&sort=VERIFICATION&direction=ASC"));
  await waitFor(() =>
    expect(asked).toHaveBeenCalledWith({
      first: 50,
      filter: { verification: ["SUBMITTED"] },
      orderBy: { field: "VERIFICATION", direction: "ASC" },
    }),
  );
  await user.click(screen.getByRole("button", { name: "Remove the filter Identity verification: Submitted" }));
  await waitFor(() => expect(path()).toBe("/admin/users?sort=VERIFICATION&direction=ASC"));
  window.localStorage.clear();
});

test("on a narrow screen each user shows how far they came, and who was never asked shows nothing of it", async () => {
  const wide = window.matchMedia;
  window.matchMedia = (query) => ({ ...wide(query), matches: query === "(max-width: 48em)" });
  const proof = (status: string) => ({ identityVerification: { status } });
  await renderAt(
    "/admin/users",
    reviewer(() => ({ nodes: [person(1, "Ada", proof("SUBMITTED")), person(2, "Bob", proof("NOT_REQUESTED"))] })),
  );
  const row = async (name: string) => (await screen.findByRole("link", { name })).closest("tr");
  await waitFor(async () => expect(await row("Ada")).toHaveTextContent("Submitted"));
  expect(await row("Bob")).not.toHaveTextContent("Not requested");
  window.matchMedia = wide;
});

test("in the column, never to have been asked is said to who listens, and to the eye is a dash", async () => {
  const proof = { identityVerification: { status: "NOT_REQUESTED" } };
  window.localStorage.setItem("roster.users.hidden", "[]");
  await renderAt(
    "/admin/users",
    reviewer(() => ({ nodes: [person(1, "Ada", proof)] })),
  );
  const cell = within((await screen.findByRole("link", { name: "Ada" })).closest("tr") as HTMLElement);
  expect(cell.getByText("Not requested").closest("td")).toHaveTextContent("–Not requested");
  expect(cell.getByText("–")).toHaveAttribute("aria-hidden", "true");
  window.localStorage.clear();
});

test.each([
  ["without the permission", true, []],
  ["where nobody is asked", false, ["MANAGE_USER_VERIFICATION"]],
])(
  "%s there is neither column nor filter, and an address that names them is read without",
  async (_, on, permissions) => {
    const asked = vi.fn((_: Args) => ({ nodes: [person(1, "Ada")], totalCount: 1 }));
    const { user } = await renderAt(
      "/admin/users?verification=SUBMITTED&sort=VERIFICATION",
      reviewer(asked, on, permissions),
    );
    await screen.findByRole("link", { name: "Ada" });
    expect(asked).toHaveBeenCalledWith({ first: 50, filter: {} });
    await user.click(screen.getByRole("button", { name: "Filter" }));
    await screen.findByRole("combobox", { name: "Two-factor" });
    await user.click(screen.getByRole("button", { name: "Columns" }));
    await screen.findByRole("menuitemcheckbox", { name: "Language" });
    expect(screen.queryByText(/Identity verification/)).toBeNull();
  },
);
