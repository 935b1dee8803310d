import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Fakes } from "../../lib/test/fakeApi";
import { renderAt } from "../../lib/test/renderAt";

const acts = [
  { action: "TWO_FACTOR_DISABLED", by: "STAFF", reason: "Lost the phone." },
  { action: "AUTHENTICATOR_ADDED", by: "SELF", reason: null },
  { action: "PASSWORD_RESET", by: "OTHER", reason: null },
  ...Array.from({ length: 9 }, () => ({ action: "USER_UPDATED", by: "SELF", reason: null })),
].map((node, i) => ({
  cursor: `c${i}`,
  node: { ...node, byName: null, userName: null, accountName: null, at: `2026-11-20T08:${String(50 - i)}:00Z` },
}));

/** Somebody about whom so much was done. */
function someone(all: typeof acts): Fakes {
  return {
    Viewer: () => ({
      kind: "USER",
      permissions: [],
      passkeys: [],
      trustedDevices: [],
      activity: ({ first, after }: { first: number; after?: string }) => {
        const from = after ? all.findIndex(({ cursor }) => cursor === after) + 1 : 0;
        const edges = all.slice(from, from + first);
        return { edges, pageInfo: { hasNextPage: from + first < all.length, endCursor: edges.at(-1)?.cursor } };
      },
    }),
    User: () => ({ id: "u1", timeZone: "UTC", sessions: [], securityQuestion: null }),
    SignInConnection: () => ({ edges: [] }),
  };
}

const section = () => screen.findByRole("region", { name: "Activity" });

test("what was done is told in words, by whom, with the reason of staff", async () => {
  await renderAt("/security", someone(acts.slice(0, 3)));
  const entries = await within(await section()).findAllByRole("listitem");
  expect(entries.map((entry) => entry.textContent)).toEqual([
    "Two-factor sign-in switched offBy our staffReason: Lost the phone.20 Nov 2026, 08:50",
    "Authenticator app set upBy you20 Nov 2026, 08:49",
    "New password set by linkBy link or by the system20 Nov 2026, 08:48",
  ]);
});

test("older activity follows on demand", async () => {
  const { user } = await renderAt("/security", someone(acts));
  const part = await section();
  expect(await within(part).findAllByRole("listitem")).toHaveLength(10);
  await user.click(within(part).getByRole("button", { name: "Show more" }));
  await waitFor(() => expect(within(part).getAllByRole("listitem")).toHaveLength(12));
});

test("without any it says so", async () => {
  await renderAt("/security", someone([]));
  expect(await within(await section()).findByText("Nothing yet")).toBeVisible();
});
