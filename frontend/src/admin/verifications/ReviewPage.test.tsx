import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import type { Fakes } from "../../lib/test/fakeApi";
import { renderAt } from "../../lib/test/renderAt";

const file = (kind: string, more: Record<string, unknown> = {}) => ({
  name: `${kind}-NAME`,
  kind,
  mediaType: "image/jpeg",
  bytes: 1000,
  ...more,
});

const submitted = {
  status: "SUBMITTED",
  provider: "MANUAL",
  version: 4,
  submittedAt: "2026-11-20T08:00:00Z",
  decidedAt: null,
  approvedOnce: false,
  viewerApprovedAt: null,
  secondReviewer: false,
  approvalDays: 0,
  cause: null,
  reason: null,
  files: [file("BACK"), file("FRONT"), file("SELFIE")],
  history: [
    {
      at: "2026-11-20T08:00:00Z",
      status: "SUBMITTED",
      by: "SELF",
      byName: null,
      provider: "MANUAL",
      earlier: false,
      cause: null,
      reason: null,
    },
  ],
};

const ada = {
  id: "user-7",
  number: 7,
  name: "Ada Lovelace",
  email: "ada@example.com",
  emailVerified: true,
  language: "en",
  memberships: () => ({ nodes: [{ id: "m1", owner: true, account: { id: "a1", number: 3, name: "Engines Ltd" } }] }),
  orders: () => ({
    nodes: [
      {
        id: "o1",
        number: "A-1001",
        verificationRequired: true,
        placedByStaff: true,
        createdAt: "2026-11-19T08:00:00Z",
      },
    ],
  }),
};

const rejected = {
  ...submitted,
  status: "REJECTED",
  version: 5,
  decidedAt: "2026-11-21T08:00:00Z",
  cause: "UNREADABLE",
  reason: "Too dark.",
  history: [
    {
      at: "2026-11-21T08:00:00Z",
      status: "REJECTED",
      by: "STAFF",
      byName: "Grace Hopper",
      provider: "MANUAL",
      earlier: false,
      cause: "UNREADABLE",
      reason: "Too dark.",
    },
    ...submitted.history,
  ],
};

interface World {
  verification?: unknown;
  queue?: unknown[];
  decide?: (vars: { input: Record<string, unknown> }) => unknown;
  me?: string;
}

const world = ({ verification = submitted, queue = [], decide = vi.fn(), me = "me" }: World = {}): Fakes => ({
  Viewer: () => ({
    kind: "STAFF",
    permissions: ["LIST_USERS", "LIST_ACCOUNTS", "MANAGE_USER_VERIFICATION"],
    user: { id: me, name: "Me", identityVerification: { status: "NOT_REQUESTED" } },
  }),
  Query: () => ({
    user: () => ({ ...ada, identityVerification: verification }),
    identityVerificationQueue: () => ({ nodes: queue }),
  }),
  Mutation: () => ({ decideIdentityVerification: decide }),
});

/** What was asked of the server beside the API. */
let looks: string[] = [];

/** Shows the page; files are answered by their names. */
async function review(fakes: Fakes, answer = () => new Response("picture")) {
  const shown = renderAt("/admin/verifications/7", fakes);
  const api = globalThis.fetch;
  vi.stubGlobal("fetch", (input: string, init: RequestInit) => {
    if (!input.startsWith("/verification-files/")) return api(input, init);
    looks.push(`${init.method ?? "GET"} ${input}`);
    return Promise.resolve(answer());
  });
  return shown;
}

beforeEach(() => {
  looks = [];
  let made = 0;
  // jsdom has neither.
  URL.createObjectURL = vi.fn(() => `blob:picture-${++made}`);
  URL.revokeObjectURL = vi.fn();
});

const figure = (name: string) => screen.findByRole("figure", { name });

test("each picture is fetched once, shown beside the profile, and forgotten with the page", async () => {
  const { user } = await review(world());
  const front = await figure("Front of the document");
  expect(await within(front).findByRole("img")).toHaveAttribute("src", expect.stringMatching(/^blob:picture-/));
  const documents = screen.getByRole("region", { name: "Documents" });
  await waitFor(() => expect(within(documents).getAllByRole("img")).toHaveLength(3));
  expect(looks.sort()).toEqual([
    "GET /verification-files/BACK-NAME",
    "GET /verification-files/FRONT-NAME",
    "GET /verification-files/SELFIE-NAME",
  ]);
  const profile = screen.getByRole("region", { name: "Profile" });
  for (const text of ["ada@example.com", "Engines Ltd", "A-1001", /Placed by staff/, "Verification required"])
    expect(within(profile).getByText(text)).toBeVisible();
  expect(URL.revokeObjectURL).not.toHaveBeenCalled();
  await user.click(screen.getByRole("link", { name: "Manage Users" }));
  await screen.findByRole("heading", { name: "Manage Users", level: 1 });
  expect(URL.revokeObjectURL).toHaveBeenCalledTimes(3);
  expect(looks).toHaveLength(3);
});

test("a picture is enlarged and turned by buttons, by keys, and by Ctrl and the wheel", async () => {
  const { user } = await review(world());
  const front = await figure("Front of the document");
  const picture = await within(front).findByRole("img");
  const scale = within(front).getByRole("status", { name: "Zoom" });
  await user.click(within(front).getByRole("button", { name: "Zoom in" }));
  expect(scale).toHaveTextContent("150%");
  await user.click(within(front).getByRole("button", { name: "Turn" }));
  expect(picture.style.transform).toContain("rotate(90deg)");
  const view = within(front).getByRole("region", { name: "Front of the document" });
  view.focus();
  await user.keyboard("+r");
  expect(scale).toHaveTextContent("225%");
  expect(picture.style.transform).toContain("rotate(180deg)");
  await user.keyboard("-");
  expect(scale).toHaveTextContent("150%");
  await user.keyboard("0");
  expect(scale).toHaveTextContent("100%");
  expect(picture.style.transform).toContain("rotate(0deg)");
  expect(fireEvent.wheel(view, { deltaY: -300 }), "the page scrolls").toBe(true);
  expect(scale).toHaveTextContent("100%");
  expect(fireEvent.wheel(view, { deltaY: -300, ctrlKey: true }), "and is not enlarged").toBe(false);
  expect(scale).toHaveTextContent("272%");
  expect(within(await figure("Selfie")).getByRole("status", { name: "Zoom" })).toHaveTextContent("100%");
});

test("a picture that can't be fetched says so, and is asked for again on demand only", async () => {
  let gone = true;
  const { user } = await review(world({ verification: { ...submitted, files: [file("FRONT")] } }), () =>
    gone
      ? new Response(JSON.stringify({ errors: [{ extensions: { code: "TRY_LATER" } }] }), { status: 503 })
      : new Response("picture"),
  );
  const front = await figure("Front of the document");
  expect(await within(front).findByText(/The server is busy/)).toBeVisible();
  expect(looks).toHaveLength(1);
  gone = false;
  await user.click(within(front).getByRole("button", { name: "Try again" }));
  expect(await within(front).findByRole("img")).toBeVisible();
  expect(looks).toHaveLength(2);
});

test("a PDF is not opened: it is a download with its size, fetched on demand", async () => {
  const pdf = file("FRONT", { mediaType: "application/pdf", bytes: 2_345_678 });
  const { user } = await review(world({ verification: { ...submitted, files: [pdf] } }));
  const front = await figure("Front of the document");
  expect(within(front).getByText("PDF, 2.3 MB")).toBeVisible();
  expect(looks).toEqual([]);
  await user.click(within(front).getByRole("button", { name: "Download" }));
  await waitFor(() => expect(looks).toEqual(["GET /verification-files/FRONT-NAME"]));
});

test("approving is asked about, sent with the version that was looked at, and leads on to the next", async () => {
  const decide = vi.fn((_: { input: Record<string, unknown> }) => ({
    user: { ...ada, identityVerification: { ...submitted, status: "APPROVED", version: 5 } },
    present: null,
    userErrors: [],
  }));
  const waiting = (number: number, name: string, day: number) => ({
    submittedAt: `2026-11-${day}T08:00:00Z`,
    user: { id: `user-${number}`, number, name },
  });
  const queue = [waiting(5, "Earlier", 19), waiting(7, "Ada Lovelace", 20), waiting(9, "Grace Later", 21)];
  const { user } = await review(world({ decide, queue }));
  await user.click(await screen.findByRole("button", { name: "Approve…" }));
  const dialog = await screen.findByRole("dialog", { name: "Approve the identity of Ada Lovelace?" });
  expect(decide).not.toHaveBeenCalled();
  await user.click(within(dialog).getByRole("button", { name: "Approve" }));
  const next = await screen.findByRole("link", { name: "Next: Grace Later" });
  expect(next).toHaveAttribute("href", "/admin/verifications/9");
  expect(decide).toHaveBeenCalledExactlyOnceWith({ input: { userId: "user-7", version: 4, approve: true } });
  const decision = screen.getByRole("region", { name: "Decision" });
  expect(within(decision).getByText("Ada Lovelace is approved.")).toBeVisible();
  expect(within(decision).queryByRole("button")).toBeNull();
  expect(decision).toContainElement(document.activeElement as HTMLElement);
});

test.each([
  [
    "the first of two",
    { secondReviewer: true, approvalDays: 30 },
    /^Yours is the first of two approvals\. Ada Lovelace goes on waiting, and is mailed nothing, until/,
    /holds|is told by mail/,
  ],
  [
    "the second of two",
    { secondReviewer: true, approvedOnce: true, approvalDays: 30 },
    /^Yours is the second of two.*holds until \d+ \w+ 20\d\d \(30 days\)\.Ada Lovelace is told by mail that their identity/,
    /first of two/,
  ],
  ["the only one", {}, /^The approval holds for good\.Ada Lovelace is told by mail that their identity/, /of two/],
  [
    "a second one that is not needed any more",
    { approvedOnce: true },
    /^Yours is the second of two approvals.*holds for good\./,
    /first of two/,
  ],
])("the dialog says what an approval does that is %s", async (_, rule, words, not) => {
  const { user } = await review(world({ verification: { ...submitted, ...rule } }));
  await user.click(await screen.findByRole("button", { name: "Approve…" }));
  const dialog = await screen.findByRole("dialog", { name: /^Approve the identity/ });
  const shown = dialog.querySelector("form > div")?.textContent ?? "";
  expect(shown).toMatch(words);
  expect(shown).not.toMatch(not);
});

test("rejecting takes a cause, and words where the cause is another one", async () => {
  const decide = vi.fn((_: { input: Record<string, unknown> }) => ({
    user: { ...ada, identityVerification: rejected },
    present: null,
    userErrors: [],
  }));
  const { user } = await review(world({ decide }));
  await user.click(await screen.findByRole("button", { name: "Reject…" }));
  const dialog = await screen.findByRole("dialog", { name: "Reject the proof of Ada Lovelace?" });
  const cause = within(dialog).getByRole("combobox", { name: "Cause" });
  expect(cause).toHaveFocus();
  await user.click(within(dialog).getByRole("button", { name: "Reject" }));
  expect(cause).toHaveAccessibleDescription("Choose a cause.");
  await user.selectOptions(cause, "Something else");
  await user.click(within(dialog).getByRole("button", { name: "Reject" }));
  const words = within(dialog).getByRole("textbox", { name: "In your words" });
  expect(words).toHaveAccessibleDescription(/Say what is the matter\./);
  expect(words).toHaveFocus();
  expect(decide).not.toHaveBeenCalled();
  await user.type(words, "Is this you?");
  await user.click(within(dialog).getByRole("button", { name: "Reject" }));
  expect(await screen.findByText("Nothing else waits.")).toBeVisible();
  expect(decide).toHaveBeenCalledExactlyOnceWith({
    input: { userId: "user-7", version: 4, approve: false, cause: "OTHER", reason: "Is this you?" },
  });
});

test("who is late sees what the other decided, and has nothing left to decide", async () => {
  const decide = () => ({
    user: null,
    present: rejected,
    userErrors: [{ field: ["version"], code: "CONFLICT", message: "Late." }],
  });
  let stands: unknown = submitted;
  const fakes = world({ decide });
  const { user } = await review({
    ...fakes,
    Query: () => ({
      ...fakes.Query?.(),
      user: () => ({ ...ada, identityVerification: stands }),
    }),
  });
  await user.click(await screen.findByRole("button", { name: "Approve…" }));
  stands = rejected;
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Approve" }));
  const told = await screen.findByRole("alert");
  for (const text of [
    "Somebody else was faster",
    "Rejected",
    "By Grace Hopper",
    "A picture can’t be read",
    "“Too dark.”",
  ])
    expect(told).toHaveTextContent(text);
  expect(screen.queryByRole("button", { name: "Approve…" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Reject…" })).toBeNull();
  await user.click(within(told).getByRole("button", { name: "Show it as it is now" }));
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
  expect(screen.queryByRole("button", { name: "Approve…" })).toBeNull();
  expect(looks, "what was looked at is not fetched again").toHaveLength(3);
});

test("the first of two reviewers is told that it waits for the second, who is told of the first", async () => {
  const once = { ...submitted, approvedOnce: true };
  const decide = () => ({
    user: { ...ada, identityVerification: { ...once, version: 5 } },
    present: null,
    userErrors: [],
  });
  const { user } = await review(world({ decide }));
  await user.click(await screen.findByRole("button", { name: "Approve…" }));
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Approve" }));
  const decision = await screen.findByRole("region", { name: "Decision" });
  expect(await within(decision).findByText(/Somebody else has to approve too/)).toBeVisible();
  expect(within(decision).queryByRole("button")).toBeNull();
});

test("a refusal is told in words", async () => {
  const decide = () => ({
    user: null,
    present: null,
    userErrors: [{ field: ["userId"], code: "NOT_ALLOWED", message: "Nothing waits." }],
  });
  const { user } = await review(world({ decide }));
  await user.click(await screen.findByRole("button", { name: "Approve…" }));
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("button", { name: "Approve" }));
  expect(await within(dialog).findByRole("alert")).toHaveTextContent(
    /^You can’t decide this: you approved it already, it is your own/,
  );
});

test.each([
  ["2026-11-21T08:00:00Z", /^You approved this on 21 Nov 2026, \d\d:\d\d\. Somebody else has to approve it too/, 0],
  [null, "One reviewer approved this. It needs a second one, who is somebody else.", 1],
])("who approved at %s as the first of two is offered so many approvals", async (viewerApprovedAt, words, offered) => {
  await review(world({ verification: { ...submitted, approvedOnce: true, viewerApprovedAt } }));
  const decision = within(await screen.findByRole("region", { name: "Decision" }));
  expect(decision.getByText(words)).toBeVisible();
  expect(decision.queryAllByRole("button", { name: "Approve…" })).toHaveLength(offered);
  expect(decision.getByRole("button", { name: "Reject…" })).toBeVisible();
});

test.each([
  ["one’s own", { me: "user-7" }, "Somebody else has to look at what you submitted yourself."],
  ["another service’s", { verification: { ...submitted, provider: "STRIPE" } }, "Stripe Identity decides about this."],
])("%s is not decided about", async (_, which, text) => {
  await review(world(which));
  expect(await screen.findByText(text)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Approve…" })).toBeNull();
});

test("where the feature is switched off, the page says so, and the navigation has no way here", async () => {
  const fakes = world({ verification: null });
  await review({
    ...fakes,
    Viewer: () => ({ ...fakes.Viewer?.(), user: { id: "me", name: "Me", identityVerification: null } }),
  });
  expect(await screen.findByText("Identity verification is switched off")).toBeVisible();
  const navigation = screen.getByRole("navigation", { name: "Main navigation" });
  expect(within(navigation).queryByRole("link", { name: "Identity verification" })).toBeNull();
});
