import { screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { type Fakes, refusal } from "../../lib/test/fakeApi";
import { renderAt } from "../../lib/test/renderAt";

const everything = [
  "LIST_USERS",
  "EDIT_USERS",
  "RESET_USER_PASSWORD",
  "DISABLE_USER_TWO_FACTOR",
  "DISABLE_USER_SECURITY_QUESTION",
];

const ada = {
  id: "user-7",
  number: 7,
  version: 3,
  firstName: "Ada",
  lastName: "Lovelace",
  name: "Ada Lovelace",
  email: "ada@example.com",
  language: "en",
  state: "ACTIVE",
  twoFactorEnabled: true,
  securityQuestionSet: true,
  role: null,
  signInLock: null,
  secondFactorLock: null,
};

function page(mutations: Record<string, unknown> = {}, permissions = everything): Fakes {
  return {
    Viewer: () => ({ kind: "STAFF", permissions }),
    Query: () => ({ user: () => ada }),
    Mutation: () => mutations,
  };
}

test("a change is sent with the version it was made to, and shown", async () => {
  const update = vi.fn(({ input }: { input: { firstName: string } }) => ({
    user: { ...ada, ...input, version: 4, name: `${input.firstName} Lovelace` },
    userErrors: [],
  }));
  const { user } = await renderAt("/admin/users/7", page({ updateUser: update }));
  await user.click(await screen.findByRole("button", { name: "Edit" }));
  const first = await screen.findByRole("textbox", { name: "First name" });
  await user.clear(first);
  await user.type(first, "Augusta");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByRole("heading", { name: "Augusta Lovelace" })).toBeVisible();
  expect(update).toHaveBeenCalledExactlyOnceWith({
    input: {
      userId: "user-7",
      version: 3,
      firstName: "Augusta",
      lastName: "Lovelace",
      email: "ada@example.com",
      language: "en",
    },
  });
});

test("who was faster is shown, and it is for the reader to say which is right", async () => {
  const update = vi
    .fn()
    .mockReturnValueOnce({
      user: null,
      present: { ...ada, version: 9, firstName: "Adele" },
      userErrors: [{ field: ["version"], code: "CONFLICT", message: "Somebody was faster." }],
    })
    .mockReturnValueOnce({ user: { ...ada, version: 10 }, present: null, userErrors: [] });
  const { user } = await renderAt("/admin/users/7", page({ updateUser: update }));
  await user.click(await screen.findByRole("button", { name: "Edit" }));
  await user.type(await screen.findByRole("textbox", { name: /Last name/ }), " King");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("Adele Lovelace");
  // What was typed is still there.
  expect(screen.getByRole("textbox", { name: /Last name/ })).toHaveValue("Lovelace King");
  await user.click(screen.getByRole("button", { name: "Save mine" }));
  await vi.waitFor(() => expect(update).toHaveBeenCalledTimes(2));
  expect(update.mock.calls[1]?.[0].input).toMatchObject({ version: 9, lastName: "Lovelace King", firstName: "Ada" });
});

test("what is wrong is said at its field", async () => {
  const { user } = await renderAt(
    "/admin/users/7",
    page({
      updateUser: () => ({
        user: null,
        present: null,
        userErrors: [{ field: ["email"], code: "TAKEN", message: "Taken." }],
      }),
    }),
  );
  await user.click(await screen.findByRole("button", { name: "Edit" }));
  await user.click(await screen.findByRole("button", { name: "Save" }));
  const email = await screen.findByRole("textbox", { name: "Email address" });
  await vi.waitFor(() => expect(email).toHaveAccessibleDescription("Another user has this address."));
  expect(email).toHaveFocus();
});

test("switching off two-factor takes a reason and a fresh proof, and then goes on by itself", async () => {
  const disable = vi
    .fn()
    .mockImplementationOnce(() => {
      throw refusal("SUDO_REQUIRED");
    })
    .mockReturnValueOnce({ user: { ...ada, twoFactorEnabled: false, version: 4 }, userErrors: [] });
  const confirm = vi.fn((_: unknown) => ({
    sudoUntil: "2026-11-24T12:00:00Z",
    secondFactorNeeded: false,
    userErrors: [],
  }));
  const { user } = await renderAt("/admin/users/7", page({ disableTwoFactor: disable, confirmIdentity: confirm }));
  await user.click(await screen.findByRole("button", { name: "Switch off…" }));
  const dialog = await screen.findByRole("dialog", { name: "Switch off two-factor sign-in?" });
  await user.click(within(dialog).getByRole("button", { name: "Switch off" }));
  expect(within(dialog).getByRole("textbox", { name: "Reason" })).toHaveAccessibleDescription(/Say why\./);
  expect(disable).not.toHaveBeenCalled();

  await user.type(within(dialog).getByRole("textbox", { name: "Reason" }), "Lost the phone");
  await user.click(within(dialog).getByRole("button", { name: "Switch off" }));
  await user.type(await screen.findByLabelText("Password"), "my password");
  await user.click(screen.getByRole("button", { name: "Confirm" }));
  expect(await screen.findByText("Off. Only the user can switch it on.")).toBeVisible();
  expect(disable).toHaveBeenLastCalledWith({ input: { userId: "user-7", reason: "Lost the phone" } });
  expect(confirm).toHaveBeenCalledExactlyOnceWith({ input: { password: "my password" } });
});

test("who may only look is offered nothing to do", async () => {
  await renderAt("/admin/users/7", page({}, ["LIST_USERS"]));
  await screen.findByRole("heading", { name: "Ada Lovelace" });
  for (const name of ["Edit", "Switch off…", "Remove…", "Password reset…"])
    expect(screen.queryByRole("button", { name })).toBeNull();
});

test.each(["12x", "0"])("there is no user %s, and the API is not asked", async (number) => {
  const asked = vi.fn();
  await renderAt(`/admin/users/${number}`, { ...page(), Query: () => ({ user: asked }) });
  expect(await screen.findByText("There is no such user")).toBeVisible();
  expect(asked).not.toHaveBeenCalled();
});

test("a caller's answer is checked: match or no match, and nothing else", async () => {
  const check = vi
    .fn()
    .mockReturnValueOnce({ match: false, userErrors: [] })
    .mockReturnValueOnce({ match: true, userErrors: [] });
  const { user } = await renderAt("/admin/users/7", {
    ...page({ checkSecurityAnswer: check }),
    Query: () => ({ user: () => ({ ...ada, securityQuestion: { id: "q1", text: "Your first pet?" } }) }),
  });
  await user.click(await screen.findByRole("button", { name: "Check answer…" }));
  const dialog = await screen.findByRole("dialog", { name: "Check a caller’s answer" });
  expect(await within(dialog).findByText("Your first pet?")).toBeVisible();
  const answer = within(dialog).getByRole("textbox", { name: "What the caller says" });
  await user.type(answer, "Rex");
  await user.click(within(dialog).getByRole("button", { name: "Check" }));
  expect(await within(dialog).findByRole("alert")).toHaveTextContent("No match");
  expect(answer).toHaveValue("");
  await user.type(answer, "Bella");
  await user.click(within(dialog).getByRole("button", { name: "Check" }));
  expect(await within(dialog).findByText("It matches")).toBeVisible();
  expect(check).toHaveBeenLastCalledWith({ input: { userId: "user-7", answer: "Bella" } });
});

test("a lock shows until when it stands, and can be opened", async () => {
  const locked = { ...ada, secondFactorLock: { until: "2026-11-24T12:15:00Z" } };
  const clear = vi.fn((_: unknown) => ({ user: ada, userErrors: [] }));
  const { user } = await renderAt("/admin/users/7", {
    ...page({ clearUserLock: clear }),
    Query: () => ({ user: () => locked }),
  });
  expect(await screen.findByText(/opens by itself: 24 Nov 2026/)).toBeVisible();
  expect(screen.queryByText("Sign-in is locked")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Unlock" }));
  expect(await screen.findByText("Ada Lovelace can try again.")).toBeVisible();
  expect(screen.queryByText(/opens by itself/)).toBeNull();
  expect(clear).toHaveBeenCalledExactlyOnceWith({ input: { userId: "user-7" } });
});

test("where nobody can choose a question, users without one have no line about it", async () => {
  await renderAt("/admin/users/7", {
    ...page(),
    Installation: () => ({ securityQuestionsOn: false }),
    Query: () => ({ user: () => ({ ...ada, securityQuestionSet: false }) }),
  });
  await screen.findByRole("heading", { name: "Ada Lovelace" });
  expect(screen.queryByRole("heading", { name: "Security question" })).toBeNull();
});

test.each([
  [
    { authenticatorSince: "2026-05-03T08:00:00Z", passkeyCount: 2, backupCodesLeft: 1 },
    /app since 3 May 2026.*2 passkeys.*1 backup code left/,
  ],
  [
    { twoFactorEnabled: false, authenticatorSince: null, passkeyCount: 0, backupCodesLeft: 0 },
    /^Two-factor\w* ?.*Only the user can switch it on\.$/,
  ],
])("staff see what stands behind the second factor (%#)", async (factors, text) => {
  const fakes = page();
  fakes.Query = () => ({ user: () => ({ ...ada, ...factors, securityQuestionSince: "2026-06-01T08:00:00Z" }) });
  await renderAt("/admin/users/7", fakes);
  const section = await screen.findByRole("region", { name: "Sign-in" });
  const [second, question] = within(section).getAllByRole("listitem");
  expect(second?.querySelector("h3")?.parentElement).toHaveTextContent(text);
  expect(question).toHaveTextContent("Since 1 Jun 2026.");
});
