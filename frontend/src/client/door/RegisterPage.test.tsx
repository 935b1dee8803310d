import { screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { type Fakes, refusal } from "../../lib/test/fakeApi";
import { nobody, renderAt } from "../../lib/test/renderAt";

const open = (questions: { id: string; text: () => string }[], register: (args: unknown) => unknown): Fakes => ({
  ...nobody,
  Installation: () => ({ registrationOpen: true, passwordMinLength: 15, languages: ["en", "de"] }),
  Query: () => ({ securityQuestions: () => questions }),
  Mutation: () => ({ register }),
});

test("registering says the same for every address, and needs no question where there is none", async () => {
  const register = vi.fn((_: unknown) => ({ done: true, userErrors: [] }));
  const { user, path } = await renderAt("/sign-in", open([], register));
  await user.click(await screen.findByRole("link", { name: "New here? Register" }));
  await user.type(await screen.findByRole("textbox", { name: "First name" }), "Nora");
  expect(path()).toBe("/register");
  expect(screen.queryAllByRole("combobox")).toHaveLength(0);
  await user.type(screen.getByRole("textbox", { name: "Email address" }), "nora@example.com");
  await user.type(screen.getByLabelText("Password"), "too short");
  await user.click(screen.getByRole("button", { name: "Register" }));
  expect(screen.getByLabelText("Password")).toHaveAccessibleDescription(/Use at least 15 characters\./);
  await user.type(screen.getByLabelText("Password"), " but now long enough");
  await user.click(screen.getByRole("button", { name: "Register" }));
  expect(await screen.findByRole("heading", { name: "Look into your mailbox" })).toHaveFocus();
  expect(screen.getByText(/nora@example\.com/)).toBeVisible();
  expect(register).toHaveBeenCalledExactlyOnceWith({
    input: {
      firstName: "Nora",
      lastName: "",
      accountName: "",
      email: "nora@example.com",
      password: "too short but now long enough",
      language: "en",
    },
  });
});

test("where staff offer questions, one is chosen and answered; what the API refuses is at its field", async () => {
  const register = vi.fn((_: unknown) => ({
    done: false,
    userErrors: [{ field: ["answer"], code: "NOT_ALLOWED", message: "No." }],
  }));
  const { user } = await renderAt("/register", open([{ id: "q1", text: () => "Your first pet?" }], register));
  await user.type(await screen.findByRole("textbox", { name: "First name" }), "Nora");
  await user.type(screen.getByRole("textbox", { name: "Email address" }), "nora@example.com");
  await user.type(screen.getByLabelText("Password"), "a password that is long");
  await user.click(screen.getByRole("button", { name: "Register" }));
  expect(register).not.toHaveBeenCalled();
  await user.selectOptions(screen.getByRole("combobox", { name: "Security question" }), "Your first pet?");
  const answer = screen.getByRole("textbox", { name: "Your answer" });
  await user.type(answer, "Nora");
  await user.click(screen.getByRole("button", { name: "Register" }));
  await vi.waitFor(() => expect(answer).toHaveAccessibleDescription(/can’t be your name/));
  expect(register).toHaveBeenCalledWith({ input: expect.objectContaining({ questionId: "q1", answer: "Nora" }) });
});

test("closed registration is said, and not offered", async () => {
  const fakes: Fakes = { ...nobody, Installation: () => ({ registrationOpen: false }) };
  await renderAt("/register", fakes);
  expect(await screen.findByRole("heading", { name: "Registration is closed" })).toBeVisible();
  expect(screen.queryAllByRole("textbox")).toHaveLength(0);
});

test("the link is hidden where registration is closed", async () => {
  await renderAt("/sign-in", { ...nobody, Installation: () => ({ registrationOpen: false }) });
  await screen.findByRole("link", { name: "Forgot your password?" });
  expect(screen.queryAllByRole("link", { name: "New here? Register" })).toHaveLength(0);
});

test("too many registrations are told with the time to wait", async () => {
  const { user } = await renderAt(
    "/register",
    open([], () => {
      throw refusal("RATE_LIMITED", { retryAfter: 240 });
    }),
  );
  await user.type(await screen.findByRole("textbox", { name: "First name" }), "Nora");
  await user.type(screen.getByRole("textbox", { name: "Email address" }), "nora@example.com");
  await user.type(screen.getByLabelText("Password"), "a password that is long");
  await user.click(screen.getByRole("button", { name: "Register" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("Try again in 4 minutes.");
});
