import { screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { takeFragmentToken } from "../../lib/fragmentToken";
import { refusal } from "../../lib/test/fakeApi";
import { nobody, renderAt } from "../../lib/test/renderAt";

const preview = { question: "Your first car?", first: false, passwordMinLength: 15, expiresAt: "2026-11-24T12:00:00Z" };

/** Opens the page as the link in a mail does. */
async function open(api: { preview?: unknown; reset?: unknown; token?: string }) {
  window.history.replaceState(null, "", `/reset#${api.token ?? "rst_abc"}`);
  takeFragmentToken();
  return renderAt("/reset", {
    ...nobody,
    Query: () => ({ passwordResetByToken: () => api.preview ?? null }),
    Mutation: () => ({ resetPassword: api.reset }),
  });
}

test("the answer and a long enough password set a new one", async () => {
  const reset = vi.fn((_: unknown) => ({ done: true, userErrors: [] }));
  const { user } = await open({ preview, reset });
  await user.type(await screen.findByRole("textbox", { name: "Your first car?" }), "Volvo");
  await user.type(screen.getByLabelText("New password"), "too short");
  await user.click(screen.getByRole("button", { name: "Set password" }));
  expect(screen.getByLabelText("New password")).toHaveAccessibleDescription(/Use at least 15 characters\./);
  expect(reset).not.toHaveBeenCalled();
  await user.type(screen.getByLabelText("New password"), " but now long enough");
  await user.click(screen.getByRole("button", { name: "Set password" }));
  expect(await screen.findByRole("heading", { name: "Your password is changed" })).toHaveFocus();
  expect(reset).toHaveBeenCalledExactlyOnceWith({
    input: { token: "rst_abc", answer: "Volvo", newPassword: "too short but now long enough" },
  });
});

test("a first password is not called a change", async () => {
  const reset = () => ({ done: true, userErrors: [] });
  const { user } = await open({ token: "rst_first", preview: { ...preview, question: null, first: true }, reset });
  expect(await screen.findByRole("heading", { name: "Set your password" })).toBeVisible();
  await user.type(screen.getByLabelText("New password"), "a password that is long");
  await user.click(screen.getByRole("button", { name: "Set password" }));
  expect(await screen.findByRole("heading", { name: "Your password is set" })).toHaveFocus();
});

test("a wrong answer is said at its field", async () => {
  const { user } = await open({
    token: "rst_wrong",
    preview,
    reset: () => ({ done: false, userErrors: [{ field: ["answer"], code: "WRONG", message: "No." }] }),
  });
  await user.type(await screen.findByRole("textbox", { name: "Your first car?" }), "Fiat");
  await user.type(screen.getByLabelText("New password"), "a password that is long");
  await user.click(screen.getByRole("button", { name: "Set password" }));
  await vi.waitFor(() =>
    expect(screen.getByRole("textbox", { name: "Your first car?" })).toHaveAccessibleDescription(/not right/),
  );
});

test("without a question none is asked; a link that ended meanwhile is told as such", async () => {
  const { user } = await open({
    token: "rst_ended",
    preview: { ...preview, question: null },
    reset: () => ({ done: false, userErrors: [{ field: ["token"], code: "EXPIRED", message: "Over." }] }),
  });
  await user.type(await screen.findByLabelText("New password"), "a password that is long");
  expect(screen.queryAllByRole("textbox")).toHaveLength(0);
  await user.click(screen.getByRole("button", { name: "Set password" }));
  expect(await screen.findByRole("heading", { name: "This link doesn’t work any more" })).toBeVisible();
});

test("an unknown link leads to a new one", async () => {
  const { user, path } = await open({ token: "rst_gone" });
  await screen.findByRole("heading", { name: "This link doesn’t work any more" });
  await user.click(screen.getByRole("link", { name: "Get a new link" }));
  await screen.findByRole("heading", { name: "Forgot your password?" });
  expect(path()).toBe("/forgot-password");
});

test("asking for a link says the same for every address, and how long to wait after too many", async () => {
  let many = false;
  const { user } = await renderAt("/forgot-password", {
    ...nobody,
    Mutation: () => ({
      requestPasswordReset: () => {
        if (many) throw refusal("RATE_LIMITED", { retryAfter: 240 });
        many = true;
        return { userErrors: [{ field: ["email"], code: "INVALID", message: "Malformed." }] };
      },
    }),
  });
  const email = await screen.findByRole("textbox", { name: "Email address" });
  await user.type(email, "ada");
  await user.click(screen.getByRole("button", { name: "Send the link" }));
  await vi.waitFor(() => expect(email).toHaveAccessibleDescription("This is not an email address."));
  await user.type(email, "@example.com");
  await user.click(screen.getByRole("button", { name: "Send the link" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("Try again in 4 minutes.");
});
