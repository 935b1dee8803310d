import { cleanup, screen } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import type { Fakes } from "../../lib/test/fakeApi";
import { renderAt } from "../../lib/test/renderAt";

beforeEach(() => localStorage.clear());

const who = (proof: object | null, lastLoginAt = "2026-11-20T08:00:00Z"): Fakes => ({
  Viewer: () => ({
    kind: "USER",
    permissions: [],
    user: {
      id: "u1",
      name: "Eve Moore",
      email: "eve@example.com",
      emailVerified: true,
      lastLoginAt,
      identityVerification: proof,
    },
  }),
});

const shown = () => screen.queryByRole("button", { name: "Later" });

test.each([
  ["REQUESTED", 3, "Please prove who you are: one of your orders needs it."],
  ["REJECTED", 2, "We could not confirm who you are. You can try again."],
  ["EXPIRED", 3, "Your proof of identity has expired. We ask you again when it is needed."],
])("who is %s is reminded, and led to the page", async (status, triesLeft, text) => {
  const { user, path } = await renderAt("/account", who({ status, triesLeft, version: 2 }));
  await screen.findByText(text);
  await user.click(screen.getByRole("link", { name: status === "EXPIRED" ? "Show" : "Prove who you are" }));
  await screen.findByRole("heading", { name: /^Proof of identity/, level: 1 });
  expect(path()).toBe("/identity");
  expect(shown(), "the page says it all").toBeNull();
});

test.each([
  ["was never asked", { status: "NOT_REQUESTED", triesLeft: 3, version: 0 }],
  ["waits", { status: "SUBMITTED", triesLeft: 3, version: 3 }],
  ["is known", { status: "APPROVED", triesLeft: 3, version: 4 }],
  ["has no tries left", { status: "REJECTED", triesLeft: 0, version: 9 }],
  ["is here where the feature is off", null],
])("who %s is left in peace", async (_, proof) => {
  await renderAt("/profile", who(proof));
  await screen.findByRole("region", { name: "Your data" });
  expect(shown()).toBeNull();
});

test("put off, it comes back with the next sign-in, and when something happened", async () => {
  const asked = { status: "REQUESTED", triesLeft: 3, version: 2 };
  const { user } = await renderAt("/account", who(asked));
  await user.click(await screen.findByRole("button", { name: "Later" }));
  expect(shown()).toBeNull();
  cleanup();
  await renderAt("/profile", who(asked));
  await screen.findByRole("region", { name: "Proof of identity" });
  expect(shown()).toBeNull();
  cleanup();
  await renderAt("/account", who(asked, "2026-11-21T08:00:00Z"));
  expect(await screen.findByRole("button", { name: "Later" })).toBeVisible();
  cleanup();
  await renderAt("/account", who({ status: "REJECTED", triesLeft: 2, version: 4 }));
  expect(await screen.findByRole("button", { name: "Later" })).toBeVisible();
});

test("the profile says where it stands, unless nobody asks", async () => {
  const { user, path } = await renderAt(
    "/profile",
    who({ status: "APPROVED", triesLeft: 3, version: 4, applicable: true }),
  );
  expect(await screen.findByRole("region", { name: "Proof of identity" })).toHaveTextContent("Approved");
  await user.click(screen.getByRole("link", { name: "Show" }));
  await screen.findByRole("heading", { name: /^Proof of identity/, level: 1 });
  expect(path()).toBe("/identity");
  for (const proof of [null, { status: "NOT_REQUESTED", triesLeft: 3, version: 0, applicable: false }]) {
    cleanup();
    await renderAt("/profile", who(proof));
    await screen.findByRole("region", { name: "Your data" });
    expect(screen.queryByRole("region", { name: "Proof of identity" })).toBeNull();
  }
});
