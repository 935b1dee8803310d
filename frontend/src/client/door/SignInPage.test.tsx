import { screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { type Fakes, refusal } from "../../lib/test/fakeApi";
import { cancelled, challenge, fakePasskeys } from "../../lib/test/fakePasskeys";
import { nobody, renderAt } from "../../lib/test/renderAt";

afterEach(() => vi.unstubAllGlobals());

const refused = (code: string, field: string[] | null = null) => ({
  outcome: null,
  userErrors: [{ field, code, message: "No." }],
});

/** Signs in to what `answer` says, and is then signed in. */
function door(
  answer: (input: Record<string, unknown>) => unknown,
  second?: (input: Record<string, unknown>) => unknown,
) {
  let inside = false;
  const outcomeOf = (result: unknown) => {
    inside ||= JSON.stringify(result).includes('"SignedIn"');
    return result;
  };
  const fakes: Fakes = {
    Viewer: () => (inside ? { kind: "USER", permissions: [] } : { kind: "ANONYMOUS", permissions: [], user: null }),
    User: () => ({ name: "Ada Lovelace" }),
    Mutation: () => ({
      signIn: ({ input }: { input: Record<string, unknown> }) => outcomeOf(answer(input)),
      verifySecondFactor: ({ input }: { input: Record<string, unknown> }) => outcomeOf(second?.(input)),
      startPasskeySignIn: challenge("signIn"),
      signInWithPasskey: ({ input }: { input: Record<string, unknown> }) => outcomeOf(answer(input)),
      startPasskeySecondFactor: challenge("secondFactor"),
    }),
  };
  return fakes;
}

const signedIn = { outcome: { __typename: "SignedIn" } };

/** A second factor is asked for. */
const needed = (deviceTrustable = false) => ({
  outcome: { __typename: "SecondFactorNeeded", methods: ["TOTP", "BACKUP_CODE"], deviceTrustable },
});

async function fill(user: Awaited<ReturnType<typeof renderAt>>["user"]) {
  await user.type(await screen.findByRole("textbox", { name: "Email address" }), "ada@example.com");
  await user.type(screen.getByLabelText("Password"), "correct horse battery");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
}

test("a page that needs a session leads to sign-in and, after it, back", async () => {
  const signIn = vi.fn(() => signedIn);
  const { user, path } = await renderAt("/account", door(signIn));
  await fill(user);
  await screen.findByRole("heading", { name: "Your account" });
  expect(path()).toBe("/account");
  expect(signIn).toHaveBeenCalledExactlyOnceWith({
    email: "ada@example.com",
    password: "correct horse battery",
    remember: false,
  });
});

test.each(["//evil.example", "https://evil.example/", "/\\\\evil.example"])(
  "return_to does not lead to %s",
  async (target) => {
    const { user, path } = await renderAt(
      `/sign-in?return_to=${encodeURIComponent(target)}`,
      door(() => signedIn),
    );
    await fill(user);
    await screen.findByRole("heading", { name: "Your account" });
    expect(path()).toBe("/account");
  },
);

test("a second factor is asked for, and sent with its sixth digit", async () => {
  const verify = vi.fn(() => signedIn);
  const { user } = await renderAt(
    "/sign-in",
    door(() => needed(), verify),
  );
  await fill(user);
  await screen.findByRole("heading", { name: "Two-factor sign-in" });
  await user.keyboard("123456");
  await screen.findByRole("heading", { name: "Your account" });
  expect(verify).toHaveBeenCalledExactlyOnceWith({ code: "123456" });
});

test("a wrong code can be tried again; one that is over starts anew", async () => {
  const codes = ["WRONG", "EXPIRED"];
  const { user } = await renderAt(
    "/sign-in",
    door(
      () => needed(),
      () => refused(codes.shift() ?? "", ["code"]),
    ),
  );
  await fill(user);
  await screen.findByRole("heading", { name: "Two-factor sign-in" });
  await user.keyboard("123456");
  expect(await screen.findByRole("alert")).toHaveTextContent("This code is not right");
  await user.keyboard("654321");
  await screen.findByRole("heading", { name: "Sign in" });
  expect(screen.getByRole("alert")).toHaveTextContent("Sign in again from the start");
  expect(screen.getByRole("textbox", { name: "Email address" })).toHaveValue("ada@example.com");
});

test("a device can be trusted; then nothing is sent before Enter is pressed", async () => {
  const verify = vi.fn(() => signedIn);
  const { user } = await renderAt(
    "/sign-in",
    door(() => needed(true), verify),
  );
  await fill(user);
  await screen.findByRole("heading", { name: "Two-factor sign-in" });
  await user.keyboard("123456");
  expect(verify).not.toHaveBeenCalled();
  await user.click(screen.getByRole("checkbox", { name: "Don’t ask again on this device" }));
  await user.click(screen.getByRole("textbox", { name: "Digit 6 of 6" }));
  await user.keyboard("{Enter}");
  await screen.findByRole("heading", { name: "Your account" });
  expect(verify).toHaveBeenCalledExactlyOnceWith({ code: "123456", trustDevice: true });
});

test("a backup code stands in for the app; a wrong one is told", async () => {
  const answers: unknown[] = [refused("WRONG", ["backupCode"]), signedIn];
  const verify = vi.fn(() => answers.shift());
  const { user } = await renderAt(
    "/sign-in",
    door(() => needed(), verify),
  );
  await fill(user);
  await user.click(await screen.findByRole("button", { name: "Use a backup code" }));
  await user.type(screen.getByRole("textbox", { name: "Backup code" }), "0000-aaaa-bbbb-cccc{Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("This backup code is not right");
  await user.type(screen.getByRole("textbox", { name: "Backup code" }), "{Enter}");
  await screen.findByRole("heading", { name: "Your account" });
  expect(verify).toHaveBeenLastCalledWith({ backupCode: "0000-aaaa-bbbb-cccc" });
});

/** A sign-in that waits for an app to be set up. */
function enrolling(finish: () => unknown): Fakes {
  return {
    Mutation: () => ({
      signIn: () => ({ outcome: { __typename: "EnrolmentNeeded" } }),
      startTotpEnrolment: () => ({ totp: { key: "ABCDEFGH", qrCode: "data:," }, userErrors: [] }),
      finishTotpEnrolment: finish,
    }),
  };
}

test("who must have a second factor sets it up, keeps the codes, and is in", async () => {
  let inside = false;
  const { user, path } = await renderAt("/sign-in", {
    ...enrolling(() => {
      inside = true;
      return { backupCodes: ["0000-AAAA-BBBB-CCCC"], userErrors: [] };
    }),
    Viewer: () => (inside ? { kind: "USER", permissions: [] } : { kind: "ANONYMOUS", permissions: [], user: null }),
    User: () => ({ name: "Ada Lovelace" }),
  });
  await fill(user);
  await screen.findByRole("heading", { name: "Set up two-factor sign-in" });
  await screen.findByText("ABCD EFGH");
  await user.click(screen.getByRole("textbox", { name: "Digit 1 of 6" }));
  await user.keyboard("123456");
  await screen.findByText("0000-AAAA-BBBB-CCCC");
  expect(path()).toBe("/sign-in");
  await user.click(screen.getByRole("button", { name: "I have kept them" }));
  await screen.findByRole("heading", { name: "Your account" });
});

test("a page that is loaded anew goes on with the set-up", async () => {
  await renderAt("/account", {
    ...enrolling(() => refused("WRONG", ["code"])),
    Viewer: () => ({ kind: "ANONYMOUS", permissions: [], user: null, enrolmentNeeded: true }),
  });
  await screen.findByRole("heading", { name: "Set up two-factor sign-in" });
  expect(screen.getByRole("button", { name: "Sign out" })).toBeVisible();
});

test.each(["WRONG", "INVALID", "NOT_ALLOWED"])(
  "a failure with %s reads like every other, and empties the password",
  async (code) => {
    const { user } = await renderAt(
      "/sign-in",
      door(() => refused(code, ["email"])),
    );
    await fill(user);
    expect(await screen.findByRole("alert")).toHaveTextContent("don’t go together");
    expect(screen.getByLabelText("Password")).toHaveValue("");
    expect(screen.getByLabelText("Password")).toHaveFocus();
  },
);

test("after too many tries the form waits as long as the server says", async () => {
  const { user } = await renderAt(
    "/sign-in",
    door(() => {
      throw refusal("RATE_LIMITED", { retryAfter: 240 });
    }),
  );
  await fill(user);
  expect(await screen.findByRole("alert")).toHaveTextContent("Try again in 4 minutes.");
  expect(screen.getByRole("button", { name: "Sign in" })).toBeDisabled();
});

test("nothing is sent while a field is empty", async () => {
  const { user } = await renderAt("/sign-in", nobody);
  await user.click(await screen.findByRole("button", { name: "Sign in" }));
  expect(screen.getByRole("textbox", { name: "Email address" })).toHaveAccessibleDescription("Enter an email address.");
  expect(screen.getByRole("textbox", { name: "Email address" })).toHaveFocus();
});

test("who is signed in does not see the door", async () => {
  const { path } = await renderAt("/sign-in?return_to=/account");
  await screen.findByRole("heading", { name: "Your account" });
  expect(path()).toBe("/account");
});

test("a passkey signs in without address and password", async () => {
  const get = vi.fn(async () => "proof");
  fakePasskeys({ get });
  const signIn = vi.fn(() => signedIn);
  const { user } = await renderAt("/sign-in", door(signIn));
  await user.click(await screen.findByRole("checkbox", { name: "Keep me signed in" }));
  await user.click(screen.getByRole("button", { name: "Sign in with a passkey" }));
  await screen.findByRole("heading", { name: "Your account" });
  expect(get).toHaveBeenCalledExactlyOnceWith({ publicKey: { purpose: "signIn" }, signal: undefined });
  expect(signIn).toHaveBeenCalledExactlyOnceWith({ passkey: '{"answer":"proof"}', remember: true });
});

test.each([
  ["the window is closed", cancelled, () => signedIn, "Your browser reports no passkey"],
  ["it is refused", async () => "proof", () => refused("WRONG", ["passkey"]), "This passkey was not accepted"],
  ["it took too long", async () => "proof", () => refused("EXPIRED", ["passkey"]), "That took too long"],
])("when %s, it is said and can be tried again", async (_, get, answer, text) => {
  fakePasskeys({ get });
  const { user } = await renderAt("/sign-in", door(answer));
  await user.click(await screen.findByRole("button", { name: "Sign in with a passkey" }));
  expect(await screen.findByRole("alert")).toHaveTextContent(text);
  expect(screen.getByRole("button", { name: "Sign in with a passkey" })).toBeEnabled();
});

test("a browser without passkeys is told so", async () => {
  await renderAt("/sign-in", nobody);
  expect(await screen.findByText(/This browser can’t use passkeys/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Sign in with a passkey" })).not.toBeInTheDocument();
});

test("a site without a name offers no passkeys", async () => {
  fakePasskeys({});
  await renderAt("/sign-in", { ...nobody, Installation: () => ({ passkeysAvailable: false }) });
  await screen.findByRole("button", { name: "Sign in" });
  expect(screen.queryByText(/passkey/i)).not.toBeInTheDocument();
});

const needs = (...methods: string[]) => ({ outcome: { __typename: "SecondFactorNeeded", methods } });

test.each([[["PASSKEY"]], [["TOTP", "PASSKEY"]]])(
  "with %s enrolled, a passkey is the second factor",
  async (methods) => {
    fakePasskeys({ get: async () => "proof" });
    const verify = vi.fn(() => signedIn);
    const { user } = await renderAt(
      "/sign-in",
      door(() => needs(...methods), verify),
    );
    await fill(user);
    await user.click(await screen.findByRole("button", { name: "Use your passkey" }));
    await screen.findByRole("heading", { name: "Your account" });
    expect(verify).toHaveBeenCalledExactlyOnceWith({ passkey: '{"answer":"proof"}' });
  },
);

test("a second factor that took too long is asked for again; a sign-in that is over starts anew", async () => {
  const fields = ["passkey", "code"];
  fakePasskeys({ get: async () => "proof" });
  const { user } = await renderAt(
    "/sign-in",
    door(
      () => needs("PASSKEY"),
      () => refused("EXPIRED", [fields.shift() ?? ""]),
    ),
  );
  await fill(user);
  await user.click(await screen.findByRole("button", { name: "Use your passkey" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("That took too long. Try again.");
  await user.click(screen.getByRole("button", { name: "Use your passkey" }));
  await screen.findByRole("heading", { name: "Sign in" });
  expect(screen.getByRole("alert")).toHaveTextContent("Sign in again from the start");
});

test("who needs a passkey in a browser that has none is told so", async () => {
  const { user } = await renderAt(
    "/sign-in",
    door(() => needs("PASSKEY")),
  );
  await fill(user);
  await screen.findByRole("heading", { name: "Two-factor sign-in" });
  expect(screen.getByText(/This browser can’t use passkeys/)).toBeVisible();
  expect(screen.queryByRole("textbox")).not.toBeInTheDocument();
});
