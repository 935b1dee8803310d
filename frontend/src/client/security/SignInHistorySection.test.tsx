import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Fakes } from "../../lib/test/fakeApi";
import { renderAt } from "../../lib/test/renderAt";

const outcomes = ["SIGNED_IN", "WRONG_PASSWORD", "WRONG_PASSKEY", "WRONG_SECOND_FACTOR", "LOCKED", "NOT_ALLOWED"];

const tries = Array.from({ length: 13 }, (_, i) => ({
  cursor: `c${i}`,
  node: {
    at: `2026-11-20T08:${String(50 - i)}:00Z`,
    outcome: outcomes[i % outcomes.length],
    browser: "Chrome",
    system: "Android",
    address: `192.0.2.${i}`,
  },
}));

/** Somebody who tried to sign in so often. */
function someone(all: typeof tries): Fakes {
  return {
    Viewer: () => ({ kind: "USER", permissions: [], passkeys: [] }),
    User: () => ({
      id: "u1",
      timeZone: "UTC",
      sessions: [],
      securityQuestion: null,
      signIns: ({ first, after }: { first: number; after?: string }) => {
        const from = after ? all.findIndex(({ cursor }) => cursor === after) + 1 : 0;
        const edges = all.slice(from, from + first);
        const endCursor = edges.at(-1)?.cursor;
        return { edges, pageInfo: { hasNextPage: from + first < all.length, endCursor } };
      },
    }),
  };
}

const section = () => screen.findByRole("region", { name: "Sign-in history" });

test("each try is told in words, with its time, device and address", async () => {
  await renderAt("/security", someone(tries.slice(0, 6)));
  const part = await section();
  const entries = await within(part).findAllByRole("listitem");
  expect(entries.map((entry) => entry.querySelector("p")?.textContent)).toEqual([
    "Signed in",
    "Wrong password",
    "Passkey not accepted",
    "Right password, wrong second factor",
    "Refused: too many tries",
    "Refused: sign-in was closed",
  ]);
  expect(entries[0]).toHaveTextContent("Chrome on Android192.0.2.020 Nov 2026, 08:50");
  expect(within(part).queryByRole("button", { name: "Show more" })).not.toBeInTheDocument();
});

test("more is shown on demand, and who asked for it goes on reading there", async () => {
  const { user } = await renderAt("/security", someone(tries));
  const part = await section();
  expect(await within(part).findAllByRole("listitem")).toHaveLength(10);
  await user.click(within(part).getByRole("button", { name: "Show more" }));
  await waitFor(() => expect(within(part).getAllByRole("listitem")).toHaveLength(13));
  const lists = within(part).getAllByRole("list");
  expect(lists).toHaveLength(2);
  expect(lists[1]).toHaveFocus();
  expect(within(part).queryByRole("button", { name: "Show more" })).not.toBeInTheDocument();
});

test("without a sign-in it says so", async () => {
  await renderAt("/security", someone([]));
  expect(await within(await section()).findByText("No sign-ins yet")).toBeVisible();
});
