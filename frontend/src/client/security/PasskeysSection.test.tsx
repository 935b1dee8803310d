import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { type Fakes, refusal } from "../../lib/test/fakeApi";
import { cancelled, challenge, fakePasskeys } from "../../lib/test/fakePasskeys";
import { renderAt } from "../../lib/test/renderAt";

afterEach(() => vi.unstubAllGlobals());

const laptop = { id: "p1", name: "Work laptop", createdAt: "2026-11-01T08:00:00Z", lastUsedAt: null };
const phone = { id: "p2", name: "Phone", createdAt: "2026-11-02T08:00:00Z", lastUsedAt: "2026-11-20T08:00:00Z" };

/** Somebody with these passkeys, who has proved who they are. */
function someone(passkeys: object[], acts: Record<string, unknown> = {}, ways: string[] = []): Fakes {
  return {
    Viewer: () => ({ kind: "USER", permissions: [], passkeys: () => [...passkeys], secondFactors: ways }),
    Mutation: () => acts,
  };
}

const wrong = (field: string, code: string) => ({ userErrors: [{ field: [field], code, message: "No." }] });

test("a passkey is named, made by the browser and listed", async () => {
  const passkeys: object[] = [];
  const create = vi.fn(async () => "made");
  fakePasskeys({ create });
  const finish = vi.fn(({ input }: { input: { name: string } }) => {
    passkeys.push({ ...laptop, name: input.name });
    return { passkey: { id: "p1", name: input.name } };
  });
  const { user } = await renderAt(
    "/security",
    someone(passkeys, { startPasskeyEnrolment: challenge("enrol"), finishPasskeyEnrolment: finish }),
  );
  await screen.findByText("You have no passkey");
  await user.click(screen.getByRole("button", { name: "Add passkey" }));
  await user.click(await screen.findByRole("button", { name: "Continue" }));
  expect(screen.getByRole("textbox", { name: "Name" })).toHaveAccessibleDescription(/Enter a name/);
  expect(create).not.toHaveBeenCalled();
  await user.type(screen.getByRole("textbox", { name: "Name" }), "Work laptop");
  await user.click(screen.getByRole("button", { name: "Continue" }));
  const list = await screen.findByRole("list", { name: "Passkeys" });
  expect(within(list).getByText("Work laptop")).toBeVisible();
  expect(within(list).getByText("Never used")).toBeVisible();
  expect(create).toHaveBeenCalledExactlyOnceWith({ publicKey: { purpose: "enrol" } });
  expect(finish).toHaveBeenCalledExactlyOnceWith({ input: { name: "Work laptop", passkey: '{"answer":"made"}' } });
});

test.each([
  ["NotAllowedError", "Your browser reports no passkey"],
  ["InvalidStateError", "There is a passkey of yours on this device"],
  ["SecurityError", "Your browser could not do this"],
])("when the browser says %s, nothing is sent", async (name, text) => {
  fakePasskeys({ create: () => Promise.reject(new DOMException("No.", name)) });
  const finish = vi.fn();
  const { user } = await renderAt(
    "/security",
    someone([], { startPasskeyEnrolment: challenge("enrol"), finishPasskeyEnrolment: finish }),
  );
  await user.click(await screen.findByRole("button", { name: "Add passkey" }));
  await user.type(await screen.findByRole("textbox", { name: "Name" }), "Key");
  await user.click(screen.getByRole("button", { name: "Continue" }));
  expect(await screen.findByRole("alert")).toHaveTextContent(text);
  expect(finish).not.toHaveBeenCalled();
});

test("a passkey is renamed", async () => {
  fakePasskeys({});
  const rename = vi.fn(({ input }: { input: { name: string } }) => ({ passkey: { ...phone, name: input.name } }));
  const { user } = await renderAt("/security", someone([laptop, phone], { renamePasskey: rename }));
  await user.click(await screen.findByRole("button", { name: "Rename “Phone”" }));
  const field = await screen.findByRole("textbox", { name: "Name" });
  await user.clear(field);
  await user.type(field, "New phone");
  await user.click(screen.getByRole("button", { name: "Rename" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  expect(rename).toHaveBeenCalledExactlyOnceWith({ input: { passkeyId: "p2", name: "New phone" } });
});

test("the last one stays where a factor is required, and it is said why", async () => {
  fakePasskeys({});
  const remove = vi.fn(() => wrong("passkeyId", "NOT_ALLOWED"));
  const { user } = await renderAt("/security", someone([laptop], { removePasskey: remove }));
  await user.click(await screen.findByRole("button", { name: "Remove “Work laptop”" }));
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Remove" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("this is your last one");
  expect(remove).toHaveBeenCalledExactlyOnceWith({ input: { passkeyId: "p1" } });
});

test("a browser that can't use passkeys is told so, and offered nothing that does not work", async () => {
  await renderAt("/security", someone([laptop]));
  expect(await screen.findByText(/This browser can’t use passkeys/)).toBeVisible();
  expect(screen.getByText("Work laptop")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Add passkey" })).not.toBeInTheDocument();
});

test.each([
  ["a site without a name", { passkeysAvailable: false }, 1, /a passkey belongs to a name/],
  ["twenty", { passkeysAvailable: true }, 20, /You have 20 passkeys/],
])("with %s there is nothing to add", async (_, installation, count, text) => {
  fakePasskeys({});
  const passkeys = Array.from({ length: count }, (_, i) => ({ ...laptop, id: `p${i}`, name: `Key ${i}` }));
  await renderAt("/security", { ...someone(passkeys), Installation: () => installation });
  expect(await screen.findByText(text)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Add passkey" })).not.toBeInTheDocument();
});

/** Somebody who has yet to prove who they are when they remove a passkey. */
function doubted(ways: string[], confirm: (args: { input: object }) => unknown) {
  let proven = false;
  const confirmIdentity = vi.fn((args: { input: object }) => {
    const answer = confirm(args) as { sudoUntil?: string };
    proven = Boolean(answer.sudoUntil);
    return answer;
  });
  const removePasskey = vi.fn(() => {
    if (!proven) throw refusal("SUDO_REQUIRED");
    return {};
  });
  const acts = { confirmIdentity, removePasskey, startPasskeyConfirmation: challenge("confirm") };
  return { fakes: someone([laptop], acts, ways), confirmIdentity, removePasskey };
}

async function remove(user: Awaited<ReturnType<typeof renderAt>>["user"]) {
  await user.click(await screen.findByRole("button", { name: "Remove “Work laptop”" }));
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Remove" }));
  return screen.findByRole("dialog", { name: "Confirm it’s you" });
}

const proof = { sudoUntil: "2026-11-20T08:10:00Z", secondFactorNeeded: false };

test("with a passkey alone, identity is confirmed by it, and the act goes on", async () => {
  const answers = [cancelled, async () => "proof"];
  fakePasskeys({ get: async () => (await answers.shift()?.()) ?? "" });
  const { fakes, confirmIdentity, removePasskey } = doubted(["PASSKEY"], () => proof);
  const { user } = await renderAt("/security", fakes);
  const dialog = await remove(user);
  expect(within(dialog).queryByLabelText("Password")).not.toBeInTheDocument();
  await user.click(within(dialog).getByRole("button", { name: "Use your passkey" }));
  expect(await within(dialog).findByRole("alert")).toHaveTextContent("Your browser reports no passkey");
  await user.click(within(dialog).getByRole("button", { name: "Use your passkey" }));
  await waitFor(() => expect(removePasskey).toHaveBeenCalledTimes(2));
  expect(confirmIdentity).toHaveBeenCalledExactlyOnceWith({ input: { passkey: '{"answer":"proof"}' } });
});

test("with an app too, there is the choice", async () => {
  fakePasskeys({ get: async () => "proof" });
  const { fakes, removePasskey } = doubted(["TOTP", "PASSKEY"], () => proof);
  const { user } = await renderAt("/security", fakes);
  const dialog = await remove(user);
  expect(within(dialog).getByLabelText("Password")).toBeVisible();
  await user.click(within(dialog).getByRole("button", { name: "Use your passkey" }));
  await waitFor(() => expect(removePasskey).toHaveBeenCalledTimes(2));
});

test("a refused passkey can be tried again", async () => {
  fakePasskeys({ get: async () => "proof" });
  const { fakes, removePasskey } = doubted(["PASSKEY"], () => wrong("passkey", "WRONG"));
  const { user } = await renderAt("/security", fakes);
  const dialog = await remove(user);
  await user.click(within(dialog).getByRole("button", { name: "Use your passkey" }));
  expect(await within(dialog).findByRole("alert")).toHaveTextContent("This passkey was not accepted");
  expect(removePasskey).toHaveBeenCalledTimes(1);
});

test("who needs a passkey in a browser that has none is told so", async () => {
  const { fakes } = doubted(["PASSKEY"], () => proof);
  const { user } = await renderAt("/security", fakes);
  const dialog = await remove(user);
  expect(within(dialog).getByText(/Go on in a browser that can/)).toBeVisible();
  expect(within(dialog).queryByRole("button", { name: "Use your passkey" })).not.toBeInTheDocument();
});
