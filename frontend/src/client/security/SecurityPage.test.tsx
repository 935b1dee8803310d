import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { type Fakes, refusal } from "../../lib/test/fakeApi";
import { renderAt } from "../../lib/test/renderAt";

const codes = Array.from({ length: 10 }, (_, i) => `000${i}-AAAA-BBBB-CCCC`);

const begun = {
  totp: { key: "ABCDEFGHIJKL", qrCode: "data:image/svg+xml;base64,PHN2Zy8+", enrolment: "sealed" },
  userErrors: [],
};

/** A user whose app is set up or not; what the acts answer is pinned by the test. */
function someone(app: boolean, left: number, acts: Record<string, (args: never) => unknown> = {}): Fakes {
  return {
    Viewer: () => ({
      kind: "USER",
      permissions: [],
      trustedDevices: [],
      passkeys: [],
      secondFactors: app ? ["TOTP", "BACKUP_CODE"] : [],
    }),
    User: () => ({
      id: "u1",
      email: "ada@example.com",
      twoFactorEnabled: app,
      authenticatorSince: app ? "2026-05-03T08:00:00Z" : null,
      backupCodesLeft: left,
    }),
    Mutation: () => acts,
  };
}

test("an app is set up: the key and its picture, a first code, ten codes to keep", async () => {
  const finish = vi.fn(() => ({ backupCodes: codes, userErrors: [] }));
  const { user } = await renderAt(
    "/security",
    someone(false, 0, {
      startTotpEnrolment: () => begun,
      finishTotpEnrolment: ({ input }: { input: unknown }) => (finish as (input: unknown) => unknown)(input),
    }),
  );
  await user.click(await screen.findByRole("button", { name: "Set up" }));
  const dialog = await screen.findByRole("dialog", { name: "Set up two-factor sign-in" });
  expect(within(dialog).getByText("ABCD EFGH IJKL")).toBeVisible();
  expect(within(dialog).getByRole("img", { name: /QR code/ })).toHaveAttribute(
    "src",
    expect.stringMatching(/^data:image/),
  );
  await user.click(within(dialog).getByRole("textbox", { name: "Digit 1 of 6" }));
  await user.keyboard("123456");
  const kept = await screen.findByRole("dialog", { name: "Keep these backup codes" });
  expect(finish).toHaveBeenCalledExactlyOnceWith({ enrolment: "sealed", code: "123456" });
  expect(within(within(kept).getByRole("list")).getAllByRole("listitem")).toHaveLength(10);
  await user.click(within(kept).getByRole("button", { name: "I have kept them" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
});

test("a wrong first code can be tried again; an enrolment that is over begins anew", async () => {
  const start = vi.fn(() => begun);
  const answers = ["code.WRONG", "enrolment.EXPIRED"];
  const { user } = await renderAt(
    "/security",
    someone(false, 0, {
      startTotpEnrolment: start,
      finishTotpEnrolment: () => {
        const [field, code] = answers.shift()?.split(".") ?? [];
        return { backupCodes: null, userErrors: [{ field: [field], code, message: "No." }] };
      },
    }),
  );
  await user.click(await screen.findByRole("button", { name: "Set up" }));
  await user.click(await screen.findByRole("textbox", { name: "Digit 1 of 6" }));
  await user.keyboard("123456");
  expect(await screen.findByRole("alert")).toHaveTextContent("This code is not right");
  await user.keyboard("654321");
  await waitFor(() => expect(start).toHaveBeenCalledTimes(2));
});

test.each([
  [true, 3, "Few left"],
  [true, 4, null],
  [false, 0, null],
])("with the app %s, %i codes left are told as %s", async (app, left, warning) => {
  await renderAt("/security", someone(app, left));
  await screen.findByText("Authenticator app");
  if (app) expect(screen.getByText(new RegExp(`^${left} of 10 are left`))).toBeVisible();
  else expect(screen.queryByText("Backup codes")).not.toBeInTheDocument();
  expect(screen.queryAllByText("Few left")).toHaveLength(warning ? 1 : 0);
});

test("the last factor of somebody who must have one stays, and the dialog says why", async () => {
  const { user } = await renderAt(
    "/security",
    someone(true, 8, {
      removeTotp: () => ({ user: null, userErrors: [{ field: null, code: "NOT_ALLOWED", message: "No." }] }),
    }),
  );
  const section = await screen.findByRole("region", { name: "Two-factor sign-in" });
  await user.click(await within(section).findByRole("button", { name: "Remove" }));
  const dialog = await screen.findByRole("dialog", { name: "Remove the authenticator app?" });
  await user.click(within(dialog).getByRole("button", { name: "Remove" }));
  expect(await within(dialog).findByRole("alert")).toHaveTextContent("Replace the app instead.");
});

test("new codes ask for a proof first, which a backup code can be", async () => {
  let proven = false;
  const confirm = vi.fn(({ input }: { input: Record<string, unknown> }) => {
    proven = "backupCode" in input;
    return { sudoUntil: proven ? "2026-11-20T08:10:00Z" : null, secondFactorNeeded: !proven, userErrors: [] };
  });
  const { user } = await renderAt(
    "/security",
    someone(true, 1, {
      regenerateBackupCodes: () => {
        if (!proven) throw refusal("SUDO_REQUIRED");
        return { backupCodes: codes, user: null, userErrors: [] };
      },
      confirmIdentity: confirm as never,
    }),
  );
  await user.click(await screen.findByRole("button", { name: "New codes" }));
  await user.type(await screen.findByLabelText("Password"), "a password");
  await user.click(screen.getByRole("button", { name: "Confirm" }));
  await user.click(await screen.findByRole("button", { name: "Use a backup code instead" }));
  await user.type(screen.getByRole("textbox", { name: "Backup code" }), "0000-aaaa-bbbb-cccc");
  await user.click(screen.getByRole("button", { name: "Confirm" }));
  await screen.findByRole("dialog", { name: "Keep these backup codes" });
  expect(confirm.mock.lastCall?.[0].input).toEqual({ password: "a password", backupCode: "0000-aaaa-bbbb-cccc" });
});

test("trusted devices are named, told from this one, and can be asked again", async () => {
  const revoke = vi.fn(() => ({ deviceId: "d2", userErrors: [] }));
  const fakes = someone(true, 8, {
    revokeTrustedDevice: ({ input }: { input: unknown }) => (revoke as (input: unknown) => unknown)(input),
  });
  let there = ["d1", "d2"];
  const names: Record<string, object> = {
    d1: { browser: "Firefox", system: "Linux" },
    d2: { browser: "Edge", system: "Windows" },
  };
  fakes.Viewer = () => ({
    kind: "USER",
    permissions: [],
    trustedDevices: there.map((id) => ({ id, ...names[id], address: "192.0.2.1", current: id === "d1" })),
  });
  const { user } = await renderAt("/security", fakes);
  const own = (await screen.findByText("Firefox on Linux")).closest("li") as HTMLElement;
  expect(within(own).getByText("This device")).toBeVisible();
  there = ["d1"];
  await user.click(screen.getByRole("button", { name: "Ask again on Edge on Windows" }));
  await waitFor(() => expect(screen.queryByText("Edge on Windows")).not.toBeInTheDocument());
  expect(revoke).toHaveBeenCalledExactlyOnceWith({ deviceId: "d2" });
});

test("who has time left to set up a factor is warned wherever they are", async () => {
  const fakes = someone(false, 0);
  fakes.Viewer = () => ({
    kind: "USER",
    permissions: [],
    trustedDevices: [],
    twoFactorRequired: true,
    twoFactorDueAt: "2026-12-01T08:00:00Z",
  });
  const { user, path } = await renderAt("/account", fakes);
  expect(await screen.findByText(/From 1 Dec 2026.* on, signing in needs a second factor/)).toBeVisible();
  await user.click(screen.getByRole("link", { name: "Set it up" }));
  await screen.findByText("You must have a second factor: it can be replaced, and the last one can’t be removed.");
  expect(path()).toBe("/security");
});
