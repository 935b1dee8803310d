import { screen, within } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { type Fakes, refusal } from "../../lib/test/fakeApi";
import { fakePasskeys } from "../../lib/test/fakePasskeys";
import { fakeWorker } from "../../lib/test/fakeWorker";
import { renderAt } from "../../lib/test/renderAt";

const eve = { __typename: "User", id: "u1", name: "Eve Moore", email: "eve@example.com", language: "en", role: null };
const next = "nine green bottles on a wall";
const wrong = (field: string, code: string) => ({ userErrors: [{ field: [field], code, message: "No." }] });
const noNavigator = Object.getOwnPropertyDescriptor(navigator, "credentials");

afterEach(() => {
  vi.unstubAllGlobals();
  if (noNavigator) Object.defineProperty(navigator, "credentials", noNavigator);
});

interface Its {
  setAt?: string | null;
  lock?: { until: string } | null;
  secondFactors?: string[];
}

function page(mutations: Record<string, unknown>, its: () => Its = () => ({})): Fakes {
  return {
    Viewer: () => {
      const { setAt = "2026-11-20T08:00:00Z", lock = null, secondFactors = [] } = its();
      return {
        kind: "USER",
        permissions: [],
        user: eve,
        passkeys: [],
        secondFactors,
        password: { setAt, minLength: 15, lock },
      };
    },
    Query: () => ({ securityQuestions: () => [] }),
    Mutation: () => mutations,
  };
}

async function open(button: string, ...fakes: Parameters<typeof page>) {
  const { user } = await renderAt("/security", page(...fakes));
  const section = await screen.findByRole("region", { name: "Your password" });
  await user.click(await within(section).findByRole("button", { name: button }));
  const dialog = await screen.findByRole("dialog");
  return {
    user,
    section,
    dialog: within(dialog),
    submit: within(dialog).getByRole("button", { name: /^(Change|Set) password$/ }),
  };
}

test("the password is changed with the old one, which proves who is here", async () => {
  const confirm = vi.fn(() => ({ sudoUntil: "2026-11-24T12:00:00Z", secondFactorNeeded: false, userErrors: [] }));
  const change = vi.fn(() => ({ endedSessions: 2, userErrors: [] }));
  const { user, section, dialog, submit } = await open("Change password", {
    confirmIdentity: confirm,
    changePassword: change,
  });
  expect(section).toHaveTextContent("Set on");
  await user.type(dialog.getByLabelText("Current password"), "my old password");
  await user.type(dialog.getByLabelText("New password"), next);
  await user.click(submit);
  expect(await screen.findByText("Your password is changed. 2 other sessions were ended.")).toBeVisible();
  expect(confirm).toHaveBeenCalledExactlyOnceWith({ input: { password: "my old password" } });
  expect(change).toHaveBeenCalledExactlyOnceWith({ input: { currentPassword: "my old password", newPassword: next } });
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("nothing is sent before all is filled in, and each refusal stands at its field", async () => {
  let proof: unknown = { sudoUntil: null, secondFactorNeeded: false, ...wrong("password", "WRONG") };
  const change = vi.fn(() => wrong("newPassword", "WEAK"));
  const { user, dialog, submit } = await open("Change password", {
    confirmIdentity: () => proof,
    changePassword: change,
  });
  const current = dialog.getByLabelText("Current password");
  const chosen = dialog.getByLabelText("New password");
  await user.click(submit);
  expect(current).toHaveAccessibleDescription("Enter your current password.");
  expect(current).toHaveFocus();
  expect(chosen).toHaveAccessibleDescription(/Use at least 15 characters\./);
  await user.type(current, next);
  await user.type(chosen, next);
  await user.click(submit);
  expect(chosen).toHaveAccessibleDescription(/This is your current password\. Choose another one\./);
  await user.type(current, "!");
  await user.click(submit);
  await vi.waitFor(() => expect(current).toHaveAccessibleDescription("This is not your current password."));
  expect(change).not.toHaveBeenCalled();
  proof = { sudoUntil: "2026-11-24T12:00:00Z", secondFactorNeeded: false, userErrors: [] };
  await user.click(submit);
  await vi.waitFor(() => expect(chosen).toHaveAccessibleDescription(/too easy to guess/));
});

test("after too many tries it says how long to wait, whichever act was refused", async () => {
  let proof: unknown = { sudoUntil: null, secondFactorNeeded: false, ...wrong("password", "WRONG") };
  let lock: { until: string } | null = { until: new Date(Date.now() + 7 * 60_000).toISOString() };
  const change = () => {
    throw refusal("RATE_LIMITED", { retryAfter: 240 });
  };
  const { user, dialog, submit } = await open(
    "Change password",
    { confirmIdentity: () => proof, changePassword: change },
    () => ({ lock }),
  );
  await user.type(dialog.getByLabelText("Current password"), "no idea");
  await user.type(dialog.getByLabelText("New password"), next);
  await user.click(submit);
  expect(await dialog.findByRole("alert")).toHaveTextContent("Too many tries. Try again in 7 minutes.");
  proof = { sudoUntil: "2026-11-24T12:00:00Z", secondFactorNeeded: false, userErrors: [] };
  lock = null;
  await user.click(submit);
  await vi.waitFor(() => expect(dialog.getByRole("alert")).toHaveTextContent("Try again in 4 minutes."));
});

test("who has a second factor is asked for it first", async () => {
  const confirm = vi.fn(() => ({ sudoUntil: "2026-11-24T12:00:00Z", secondFactorNeeded: false, userErrors: [] }));
  let proven = false;
  const change = vi.fn(() => {
    if (!proven) throw refusal("SUDO_REQUIRED");
    return { endedSessions: 0, userErrors: [] };
  });
  const { user, dialog, submit } = await open(
    "Change password",
    { confirmIdentity: confirm, changePassword: change },
    () => ({ secondFactors: ["TOTP"] }),
  );
  await user.type(dialog.getByLabelText("Current password"), "my old password");
  await user.type(dialog.getByLabelText("New password"), next);
  await user.click(submit);
  const proof = within(await screen.findByRole("dialog", { name: "Confirm it’s you" }));
  expect(confirm).not.toHaveBeenCalled();
  await user.type(proof.getByLabelText("Password"), "my old password");
  proven = true;
  await user.click(proof.getByRole("button", { name: "Confirm" }));
  expect(await screen.findByText("Your password is changed.")).toBeVisible();
});

test("who has no password sets one with a passkey", async () => {
  fakePasskeys({});
  let setAt: string | null = null;
  const set = vi.fn(() => {
    setAt = "2026-11-24T12:00:00Z";
    return { endedSessions: 0, userErrors: [] };
  });
  const { user, section, dialog, submit } = await open("Set a password", { changePassword: set }, () => ({
    setAt,
    secondFactors: ["PASSKEY"],
  }));
  expect(section).toHaveTextContent("You have no password. You sign in with a passkey.");
  expect(dialog.queryByLabelText("Current password")).toBeNull();
  await user.type(dialog.getByLabelText("New password"), next);
  await user.click(submit);
  expect(await screen.findByText("Your password is set.")).toBeVisible();
  expect(set).toHaveBeenCalledExactlyOnceWith({ input: { currentPassword: null, newPassword: next } });
  expect(await within(section).findByRole("button", { name: "Change password" })).toBeVisible();
});

test("who has neither password nor passkey is mailed a link", async () => {
  let many = true;
  const request = vi.fn(() => {
    if (many) throw refusal("RATE_LIMITED", { retryAfter: 240 });
    return { userErrors: [] };
  });
  const { user } = await renderAt(
    "/security",
    page({ requestPasswordReset: request }, () => ({ setAt: null })),
  );
  const section = within(await screen.findByRole("region", { name: "Your password" }));
  await user.click(await section.findByRole("button", { name: "Mail me a link" }));
  expect(await section.findByRole("alert")).toHaveTextContent("Try again in 4 minutes.");
  many = false;
  await user.click(section.getByRole("button", { name: "Mail me a link" }));
  await vi.waitFor(() => expect(section.getByRole("alert")).toHaveTextContent("on its way to eve@example.com"));
  expect(request).toHaveBeenLastCalledWith({ input: { email: "eve@example.com" } });
});

test("the strength is estimated once the field is entered, knows the user's name, and is read out", async () => {
  const started = fakeWorker();
  const { user, dialog } = await open("Change password", {});
  const chosen = dialog.getByLabelText("New password");
  await user.type(dialog.getByLabelText("Current password"), "my old password");
  expect(started).toHaveLength(0);
  await user.click(chosen);
  expect(started).toHaveLength(1);
  await user.paste("eve@");
  const word = await dialog.findByText("Still too short");
  expect(word).toHaveAttribute("aria-live", "polite");
  await user.paste("example.com!");
  await vi.waitFor(() => expect(word).toHaveTextContent(/Strength: (very )?weak/));
  await user.clear(chosen);
  expect(word).toBeEmptyDOMElement();
  await user.paste(next);
  await vi.waitFor(() => expect(word).toHaveTextContent("Strength: strong"));
  expect(started).toHaveLength(1);
});
