import { cleanup, screen } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import type { Fakes } from "../test/fakeApi";
import { renderAt } from "../test/renderAt";

beforeEach(() => localStorage.clear());

const viewer = (kind: string, fields: object): Fakes => ({
  Viewer: () => ({
    kind,
    permissions: kind === "STAFF" ? ["LIST_USERS"] : [],
    user: { id: "u1", name: "Eve Moore", email: "eve@example.com", emailVerified: false, ...fields },
  }),
});

test.each([
  ["USER", "/account"],
  ["STAFF", "/admin"],
])("asks %s for the proof in every frame, and sends another link", async (kind, path) => {
  const resendVerification = vi.fn((_: unknown) => ({ delivery: "QUEUED", userErrors: [] }));
  const { user } = await renderAt(path, { ...viewer(kind, {}), Mutation: () => ({ resendVerification }) });
  await screen.findByText(/Please confirm your email address: we have sent a link to eve@example\.com/);
  await user.click(screen.getByRole("button", { name: "Send another link" }));
  expect(await screen.findByText("Another link is on its way to eve@example.com.")).toBeVisible();
  expect(resendVerification).toHaveBeenCalledOnce();
});

test("put off, it stays away in this session and comes back with the next sign-in", async () => {
  const { user } = await renderAt("/account", viewer("USER", { lastLoginAt: "2026-11-20T08:00:00Z" }));
  await user.click(await screen.findByRole("button", { name: "Later" }));
  expect(screen.queryByRole("button", { name: "Later" })).toBeNull();
  cleanup();
  await renderAt("/account", viewer("USER", { lastLoginAt: "2026-11-20T08:00:00Z" }));
  await screen.findByRole("heading", { name: "Your account" });
  expect(screen.queryByRole("button", { name: "Later" })).toBeNull();
  cleanup();
  await renderAt("/account", viewer("USER", { lastLoginAt: "2026-11-21T08:00:00Z" }));
  expect(await screen.findByRole("button", { name: "Later" })).toBeVisible();
});

test("a proven address is left in peace", async () => {
  await renderAt("/account", viewer("USER", { emailVerified: true }));
  await screen.findByRole("heading", { name: "Your account" });
  expect(screen.queryByRole("button", { name: "Later" })).toBeNull();
});
