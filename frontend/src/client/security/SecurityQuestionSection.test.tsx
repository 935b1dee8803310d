import { screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { type Fakes, refusal } from "../../lib/test/fakeApi";
import { renderAt } from "../../lib/test/renderAt";

const pet = { __typename: "SecurityQuestion", id: "q1", text: "Your first pet?" };
const car = { __typename: "SecurityQuestion", id: "q2", text: "Your first car?" };
const eve = { __typename: "User", id: "u1", name: "Eve", language: "en", role: null };
const none = { ...eve, securityQuestionSet: false, securityQuestionSince: null, securityQuestion: null };
const some = {
  ...eve,
  securityQuestionSet: true,
  securityQuestionSince: "2026-11-20T08:00:00Z",
  securityQuestion: pet,
};

function page(user: object, offered: object[], mutations: Record<string, unknown> = {}): Fakes {
  return {
    Viewer: () => ({ kind: "USER", permissions: [], user }),
    Query: () => ({ securityQuestions: () => offered }),
    Mutation: () => mutations,
  };
}

test("the first pair takes a question, an answer and a fresh proof", async () => {
  const set = vi
    .fn()
    .mockImplementationOnce(() => {
      throw refusal("SUDO_REQUIRED");
    })
    .mockReturnValueOnce({ user: { ...some, securityQuestion: car }, userErrors: [] });
  const confirm = () => ({ sudoUntil: "2026-11-24T12:00:00Z", secondFactorNeeded: false, userErrors: [] });
  const { user } = await renderAt(
    "/security",
    page(none, [pet, car], { setSecurityQuestion: set, confirmIdentity: confirm }),
  );
  await user.click(await screen.findByRole("button", { name: "Choose a question" }));
  const dialog = await screen.findByRole("dialog", { name: "Choose a security question" });
  expect(within(dialog).queryByLabelText(/present answer/)).toBeNull();
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  expect(within(dialog).getByRole("textbox", { name: "Answer" })).toHaveAccessibleDescription(/Enter an answer/);
  await user.selectOptions(within(dialog).getByRole("combobox", { name: "Question" }), "Your first car?");
  await user.type(within(dialog).getByRole("textbox", { name: "Answer" }), "Volvo");
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  await user.type(await screen.findByLabelText("Password"), "my password");
  await user.click(screen.getByRole("button", { name: "Confirm" }));
  expect(await screen.findByText("Your first car?")).toBeVisible();
  expect(set).toHaveBeenLastCalledWith({ input: { questionId: "q2", answer: "Volvo", currentAnswer: null } });
});

test("a change takes the present answer, and says when it is wrong", async () => {
  const set = vi.fn((_: unknown) => ({
    user: null,
    userErrors: [{ field: ["currentAnswer"], code: "WRONG", message: "Wrong." }],
  }));
  const { user } = await renderAt("/security", page(some, [pet, car], { setSecurityQuestion: set }));
  await user.click(await screen.findByRole("button", { name: "Change" }));
  const dialog = await screen.findByRole("dialog");
  const current = within(dialog).getByRole("textbox", { name: "Your present answer" });
  await user.type(within(dialog).getByRole("textbox", { name: "Answer" }), "Volvo");
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  expect(set).not.toHaveBeenCalled();
  await user.type(current, "Rex");
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  await vi.waitFor(() => expect(current).toHaveAccessibleDescription(/not right/));
  expect(set).toHaveBeenCalledExactlyOnceWith({ input: { questionId: "q1", answer: "Volvo", currentAnswer: "Rex" } });
});

test("where staff keep no list, who has a question can only remove it, and others see nothing of it", async () => {
  const remove = vi.fn((_: unknown) => ({ user: none, userErrors: [] }));
  const { user } = await renderAt("/security", page(some, [], { removeOwnSecurityQuestion: remove }));
  const section = await screen.findByRole("region", { name: "Security question" });
  await user.click(await within(section).findByRole("button", { name: "Remove" }));
  expect(within(section).queryByRole("button", { name: "Change" })).toBeNull();
  const dialog = await screen.findByRole("dialog");
  await user.type(within(dialog).getByRole("textbox", { name: "Your present answer" }), "Bella");
  await user.click(within(dialog).getByRole("button", { name: "Remove" }));
  await vi.waitFor(() => expect(screen.queryByRole("heading", { name: "Security question" })).toBeNull());
  expect(remove).toHaveBeenCalledExactlyOnceWith({ input: { currentAnswer: "Bella" } });
});
