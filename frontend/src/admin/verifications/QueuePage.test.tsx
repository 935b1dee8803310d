import { screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { type Fakes, refusal } from "../../lib/test/fakeApi";
import { renderAt } from "../../lib/test/renderAt";

type Args = { after?: string; first?: number };

const waiting = (number: number, name: string, approvedOnce = false, submittedAt = "2026-11-20T08:00:00Z") => ({
  submittedAt,
  approvedOnce,
  user: { id: `user-${number}`, number, name, email: `${name.toLowerCase()}@example.com` },
});

const queue = (answer: (args: Args) => unknown, on = true): Fakes => ({
  Viewer: () => ({
    kind: "STAFF",
    permissions: ["LIST_USERS", "MANAGE_USER_VERIFICATION"],
    user: { id: "me", name: "Me", identityVerification: on ? { status: "NOT_REQUESTED" } : null },
  }),
  Query: () => ({ identityVerificationQueue: answer }),
});

test("what waits is listed in the API’s order, page after page, and leads to its review", async () => {
  const pages: Record<string, unknown> = {
    first: {
      nodes: [waiting(7, "Ada"), waiting(2, "Bob", true)],
      totalCount: 3,
      pageInfo: { hasNextPage: true, endCursor: "c1" },
    },
    c1: { nodes: [waiting(9, "Cleo")], totalCount: 3, pageInfo: { hasNextPage: false, endCursor: "c2" } },
  };
  const { user, path } = await renderAt(
    "/admin/verifications",
    queue(({ after }) => pages[after ?? "first"]),
  );
  await screen.findByRole("link", { name: "Cleo" });
  const links = within(screen.getByRole("table")).getAllByRole("link");
  expect(links.map(({ textContent }) => textContent)).toEqual(["Ada", "Bob", "Cleo"]);
  expect(links[1]?.closest("tr")).toHaveTextContent("bob@example.com");
  expect(links[1]?.closest("tr")).toHaveTextContent(/20 Nov 2026 \(\d+ days\)/);
  expect(links[1]?.closest("tr")).toHaveTextContent("Needs a second reviewer");
  expect(links[0]?.closest("tr")).not.toHaveTextContent("Needs a second reviewer");
  expect(await screen.findByText("Waiting: 3")).toBeVisible();
  await user.click(links[0] as HTMLElement);
  await vi.waitFor(() => expect(path()).toBe("/admin/verifications/7"));
});

test("of what waits since today the time is told", async () => {
  const now = new Date().toISOString();
  await renderAt(
    "/admin/verifications",
    queue(() => ({ nodes: [waiting(7, "Ada", false, now)], totalCount: 1 })),
  );
  const row = (await screen.findByRole("link", { name: "Ada" })).closest("tr") as HTMLElement;
  expect(row.querySelector("time")).toHaveTextContent(/, \d\d:\d\d$/);
  expect(row).not.toHaveTextContent("days");
});

test("that nothing waits is said, and so is a failure, which can be tried again", async () => {
  let down = true;
  const { user } = await renderAt(
    "/admin/verifications",
    queue(() => {
      if (down) throw refusal("TRY_LATER");
      return { nodes: [], totalCount: 0 };
    }),
  );
  expect(await screen.findByText(/The server is busy/)).toBeVisible();
  down = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Nothing waits to be looked at")).toBeVisible();
  expect(await screen.findByText("Waiting: 0")).toBeVisible();
});

test("where the feature is switched off, the page says so, and there is no list", async () => {
  await renderAt(
    "/admin/verifications",
    queue(() => ({ nodes: [], totalCount: 0 }), false),
  );
  expect(await screen.findByText("Identity verification is switched off")).toBeVisible();
  expect(screen.queryByRole("table")).toBeNull();
});

test.each([true, false])("the page is in the navigation when MANAGE_USER_VERIFICATION is held: %s", async (held) => {
  await renderAt("/admin", {
    Viewer: () => ({
      kind: "STAFF",
      permissions: held ? ["VIEW_MAIL_LOG", "MANAGE_USER_VERIFICATION"] : ["VIEW_MAIL_LOG"],
      user: { id: "me", name: "Me", identityVerification: { status: "NOT_REQUESTED" } },
    }),
  });
  await screen.findByRole("navigation", { name: "Main navigation" });
  expect(screen.queryAllByRole("link", { name: "Identity verification" })).toHaveLength(held ? 1 : 0);
});

test("without the permission the page is refused", async () => {
  await renderAt("/admin/verifications");
  expect(await screen.findByRole("heading", { name: "You can’t open this page" })).toBeVisible();
});
