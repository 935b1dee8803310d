import { screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { Fakes } from "../../lib/test/fakeApi";
import { renderAt } from "../../lib/test/renderAt";

const question = (id: string, text: string, more: object = {}) => ({
  __typename: "SecurityQuestion",
  id,
  text,
  retired: false,
  uses: 0,
  texts: [{ language: "en", text }],
  ...more,
});
const pet = question("q1", "Your first pet?", { uses: 2 });
const car = question("q2", "Your first car?");
const town = question("q3", "Your first town?", { retired: true });

function page(list: object[], mutations: Record<string, unknown> = {}): Fakes {
  return {
    Viewer: () => ({ kind: "STAFF", permissions: ["CONFIGURE_SECURITY_QUESTIONS"] }),
    Installation: () => ({ languages: ["en", "de"] }),
    Query: () => ({ allSecurityQuestions: () => list }),
    Mutation: () => mutations,
  };
}

test("an empty list says that the feature is off", async () => {
  await renderAt("/admin/security-questions", page([]));
  expect(await screen.findByText("No question to choose from")).toBeVisible();
  expect(screen.queryByRole("list", { name: /questions/ })).toBeNull();
});

test("a question is moved by its button, with the whole list in the request, and that is told", async () => {
  const list = [pet, car, town];
  const reorder = vi.fn(({ input }: { input: { questionIds: string[] } }) => {
    list.sort((a, b) => input.questionIds.indexOf(a.id) - input.questionIds.indexOf(b.id));
    return { questions: list, userErrors: [] };
  });
  const { user } = await renderAt("/admin/security-questions", page(list, { reorderSecurityQuestions: reorder }));
  expect(await screen.findByRole("button", { name: "Move up: Your first pet?" })).toBeDisabled();
  await user.click(screen.getByRole("button", { name: "Move down: Your first pet?" }));
  expect(await screen.findByText("Your first pet? is now number 2 of 2.")).toBeInTheDocument();
  expect(reorder).toHaveBeenCalledExactlyOnceWith({ input: { questionIds: ["q2", "q1", "q3"] } });
  await vi.waitFor(() => expect(screen.getByRole("button", { name: "Move up: Your first pet?" })).toHaveFocus());
});

test("one in use stays, and the reader learns how many have it", async () => {
  const remove = vi.fn(() => ({
    deletedId: null,
    question: { ...pet, uses: 3 },
    userErrors: [{ field: ["questionId"], code: "IN_USE", message: "In use." }],
  }));
  const { user } = await renderAt("/admin/security-questions", page([pet], { deleteSecurityQuestion: remove }));
  await user.click(await screen.findByRole("button", { name: "Actions for: Your first pet?" }));
  await user.click(await screen.findByRole("menuitem", { name: "Delete…", hidden: true }));
  await user.click(await screen.findByRole("button", { name: "Delete" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("3 users have chosen this question");
  expect(remove).toHaveBeenCalledExactlyOnceWith({ input: { questionId: "q1" } });
});

test("a new question has a field for each language, and needs English", async () => {
  const create = vi.fn((_: unknown) => ({ question: car, userErrors: [] }));
  const { user } = await renderAt("/admin/security-questions", page([pet], { createSecurityQuestion: create }));
  await user.click(await screen.findByRole("button", { name: "Add question" }));
  const dialog = await screen.findByRole("dialog");
  await user.type(within(dialog).getByRole("textbox", { name: /German/ }), "Ihr erstes Auto?");
  await user.click(within(dialog).getByRole("button", { name: "Add" }));
  expect(within(dialog).getByRole("textbox", { name: "English" })).toHaveAccessibleDescription(/needed/);
  expect(create).not.toHaveBeenCalled();
  await user.type(within(dialog).getByRole("textbox", { name: "English" }), "Your first car?");
  await user.click(within(dialog).getByRole("button", { name: "Add" }));
  await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(create).toHaveBeenCalledExactlyOnceWith({
    input: {
      texts: [
        { language: "en", text: "Your first car?" },
        { language: "de", text: "Ihr erstes Auto?" },
      ],
    },
  });
});

test("without the permission the page says so", async () => {
  await renderAt("/admin/security-questions", { Viewer: () => ({ kind: "STAFF", permissions: ["LIST_USERS"] }) });
  expect(await screen.findByRole("heading", { name: "You can’t open this page" })).toBeVisible();
});

test("whoever is late sees the texts that somebody else saved, and takes them or saves their own", async () => {
  const update = vi
    .fn()
    .mockReturnValueOnce({
      question: null,
      present: question("q1", "Your very first pet?", { version: 8 }),
      userErrors: [{ field: ["version"], code: "CONFLICT", message: "Late." }],
    })
    .mockReturnValueOnce({ question: pet, userErrors: [] });
  const { user } = await renderAt(
    "/admin/security-questions",
    page([{ ...pet, version: 7 }], { updateSecurityQuestion: update }),
  );
  await user.click(await screen.findByRole("button", { name: "Actions for: Your first pet?" }));
  await user.click(await screen.findByRole("menuitem", { name: "Edit texts", hidden: true }));
  const dialog = await screen.findByRole("dialog");
  const english = within(dialog).getByRole("textbox", { name: "English" });
  await user.type(english, "!");
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  expect(await within(dialog).findByText("Your very first pet?")).toBeVisible();
  expect(english, "what was typed stays").toHaveValue("Your first pet?!");
  await user.click(within(dialog).getByRole("button", { name: "Take theirs" }));
  expect(english).toHaveValue("Your very first pet?");
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(update.mock.calls.map(([{ input }]) => input.version)).toEqual([7, 8]);
});
