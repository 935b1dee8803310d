import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Fakes, refusal } from "../../lib/test/fakeApi";
import { fakeUploads } from "../../lib/test/fakeUploads";
import { renderAt } from "../../lib/test/renderAt";

interface Proof {
  status: string;
  files: object[];
  [field: string]: unknown;
}

const asked: Proof = {
  status: "REQUESTED",
  applicable: true,
  provider: "MANUAL",
  requestedAt: "2026-11-18T08:00:00Z",
  submittedAt: null,
  decidedAt: null,
  expiresAt: null,
  cause: null,
  reason: null,
  triesLeft: 3,
  keepDays: 30,
  version: 1,
  files: [],
  history: [],
};

const step = (status: string, by: string, more: object = {}) => ({
  at: "2026-11-18T08:00:00Z",
  status,
  by,
  provider: "MANUAL",
  earlier: false,
  cause: null,
  reason: null,
  ...more,
});

/** `proof` is asked anew with each answer. */
const page = (proof: () => object | null, fakes: Fakes = {}): Fakes => ({
  Viewer: () => ({
    kind: "USER",
    permissions: [],
    user: { id: "u1", name: "Eve Moore", email: "eve@example.com", emailVerified: true, identityVerification: proof() },
  }),
  ...fakes,
});

afterEach(() => {
  vi.unstubAllGlobals();
  // jsdom has no cameras.
  Reflect.deleteProperty(navigator, "mediaDevices");
});

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  URL.createObjectURL = () => "blob:picture";
  URL.revokeObjectURL = () => {};
});

const tile = (name: string) => within(screen.getByRole("group", { name }));
const picture = (name: string) => new File(["a picture"], name, { type: "image/png" });

async function choose(user: { upload: (input: HTMLElement, file: File) => Promise<void> }, name: string, file: File) {
  const input = screen.getByRole("group", { name }).querySelector("input[type=file]");
  await user.upload(input as HTMLElement, file);
}

test.each([
  ["was never asked", { ...asked, status: "NOT_REQUESTED", provider: null }, /a mail tells you/],
  ["is asked", asked, /On 18 Nov 2026 we asked you/],
  ["waits", { ...asked, status: "SUBMITTED", submittedAt: "2026-11-19T08:00:00Z" }, /You submitted it on 19 Nov 2026/],
  [
    "is known for a while",
    { ...asked, status: "APPROVED", decidedAt: "2026-11-20T08:00:00Z", expiresAt: "2027-11-20T08:00:00Z" },
    /It holds until 20 Nov 2027/,
  ],
  ["is known for good", { ...asked, status: "APPROVED", decidedAt: "2026-11-20T08:00:00Z" }, /nothing more to do/],
  ["was known", { ...asked, status: "EXPIRED", expiresAt: "2026-11-20T08:00:00Z" }, /expired on 20 Nov 2026/],
])("who %s is told so", async (_, proof, words) => {
  await renderAt(
    "/identity",
    page(() => proof),
  );
  expect(await screen.findByText(words)).toBeVisible();
  expect(screen.queryAllByRole("button", { name: "Submit" })).toHaveLength(proof.status === "REQUESTED" ? 1 : 0);
});

test("who was rejected reads why, and how often they can try again", async () => {
  const rejected = {
    ...asked,
    status: "REJECTED",
    cause: "UNREADABLE",
    reason: "The date is hidden by your thumb.",
    decidedAt: "2026-11-20T08:00:00Z",
    triesLeft: 2,
    history: [
      step("REJECTED", "STAFF", { cause: "UNREADABLE", reason: "The date is hidden by your thumb." }),
      step("SUBMITTED", "STAFF"),
      step("SUBMITTED", "SELF"),
      step("REQUESTED", "PROVIDER", { provider: "STRIPE" }),
      step("REQUESTED", "STAFF"),
    ],
  };
  await renderAt(
    "/identity",
    page(() => rejected),
  );
  await screen.findByText(/A picture could not be read/);
  const standing = within(screen.getByRole("region", { name: "Where it stands" }));
  expect(standing.getByText("A picture could not be read. Take it in good light, sharp and whole.")).toBeVisible();
  expect(standing.getByText("The date is hidden by your thumb.")).toBeVisible();
  expect(standing.getByText("You can try 2 more times.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Submit" })).toBeVisible();
  const history = screen.getByRole("list", { name: "What happened so far" });
  expect(
    within(history)
      .getAllByRole("listitem")
      .map((item) => item.querySelector("p")?.textContent),
  ).toEqual([
    "It was not accepted",
    "It was looked at once; a second look follows",
    "You submitted it",
    "The check was broken off",
    "You were asked",
  ]);
  expect(history).toHaveTextContent("Stripe");
});

test("who has no tries left is sent to staff", async () => {
  await renderAt(
    "/identity",
    page(() => ({ ...asked, status: "REJECTED", cause: "OTHER", reason: "No.", triesLeft: 0 })),
  );
  expect(await screen.findByText(/Please ask our staff/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Submit" })).toBeNull();
});

test("where the feature is off there is no such page", async () => {
  await renderAt(
    "/identity",
    page(() => null),
  );
  expect(await screen.findByRole("heading", { name: "There is no such page" })).toBeVisible();
});

test("pictures are sent one by one, kept, and handed over together", async () => {
  let proof = asked;
  const sent = fakeUploads((url) => {
    const kind = /kind=(\w+)/.exec(url)?.[1] ?? "";
    proof = { ...proof, files: [...proof.files, { name: kind, kind, mediaType: "image/jpeg" }] };
    return { status: 201, body: {} };
  });
  const submit = vi.fn(() => {
    proof = { ...proof, status: "SUBMITTED", submittedAt: "2026-11-19T08:00:00Z", version: 2, files: [] };
    return { user: { id: "u1", identityVerification: proof }, userErrors: [] };
  });
  const { user } = await renderAt(
    "/identity",
    page(() => proof, { Mutation: () => ({ submitIdentityVerification: submit }) }),
  );
  await screen.findByRole("button", { name: "Submit" });
  expect(screen.getByText("They are deleted 30 days after you submit them.")).toBeVisible();
  for (const name of ["Front of the document", "Selfie"]) {
    await choose(user, name, picture("me.png"));
    expect(await tile(name).findByText("Received. You can still replace it.")).toBeVisible();
    expect(tile(name).getByRole("img", { name: `Your picture: ${name}` })).toBeVisible();
  }
  expect(sent).toEqual(["POST /verification-files?kind=FRONT", "POST /verification-files?kind=SELFIE"]);
  const look = tile("Selfie").getByRole("button", { name: "See it larger: Selfie" });
  await user.click(look);
  const larger = await screen.findByRole("dialog", { name: "Selfie" });
  expect(within(larger).getByRole("img", { name: "Selfie" })).toBeVisible();
  await user.click(within(larger).getByRole("button", { name: "Zoom in" }));
  expect(within(larger).getByRole("status", { name: "Zoom" })).toHaveTextContent("150%");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(look).toHaveFocus();
  await user.click(screen.getByRole("button", { name: "Submit" }));
  expect(await screen.findByText(/You submitted it on 19 Nov 2026/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Submit" })).toBeNull();
  expect(submit).toHaveBeenCalledOnce();
});

test("a file dropped on a tile is sent", async () => {
  const sent = fakeUploads(() => ({ status: 201, body: {} }));
  await renderAt(
    "/identity",
    page(() => asked),
  );
  await screen.findByRole("button", { name: "Submit" });
  const drop = new Event("drop", { bubbles: true, cancelable: true });
  Object.assign(drop, { dataTransfer: { files: [picture("back.png")] } });
  screen.getByRole("group", { name: "Back of the document" }).dispatchEvent(drop);
  await waitFor(() => expect(sent).toEqual(["POST /verification-files?kind=BACK"]));
});

test("what is missing is said at its tile, which gets the focus", async () => {
  const { user } = await renderAt(
    "/identity",
    page(() => asked, {
      Mutation: () => ({
        submitIdentityVerification: () => ({
          user: null,
          userErrors: [
            { field: ["front"], code: "REQUIRED", message: "No." },
            { field: ["selfie"], code: "REQUIRED", message: "No." },
          ],
        }),
      }),
    }),
  );
  await user.click(await screen.findByRole("button", { name: "Submit" }));
  expect(await tile("Front of the document").findByRole("alert")).toHaveTextContent("Add a picture of the front");
  expect(tile("Selfie").getByRole("alert")).toHaveTextContent("Add a picture of your face.");
  expect(tile("Back of the document").queryByRole("alert")).toBeNull();
  await waitFor(() => expect(screen.getByRole("group", { name: "Front of the document" })).toHaveFocus());
});

test("what was decided meanwhile is shown instead", async () => {
  let proof = asked;
  const { user } = await renderAt(
    "/identity",
    page(() => proof, {
      Mutation: () => ({
        submitIdentityVerification: () => {
          proof = { ...asked, status: "NOT_REQUESTED", version: 2 };
          return { user: null, userErrors: [{ field: null, code: "NOT_ALLOWED", message: "No." }] };
        },
      }),
    }),
  );
  await user.click(await screen.findByRole("button", { name: "Submit" }));
  expect(await screen.findByText(/The page shows how it stands now/)).toBeVisible();
  expect(await screen.findByText(/You are not asked to prove who you are/)).toBeVisible();
});

test.each([
  ["no picture", 422, { code: "INVALID" }, /can’t be read as a picture/],
  ["nothing in it", 422, { code: "REQUIRED" }, /The file is empty/],
  ["too many pixels", 413, { code: "TOO_LONG" }, /40 megapixels/],
  ["too many of them", 429, { code: "RATE_LIMITED", retryAfter: 120 }, /Try again in 2 minutes/],
  ["no answer", 0, {}, /can’t be reached/],
])("%s is refused at its tile", async (_, status, extensions, words) => {
  fakeUploads(() => ({ status, body: { errors: [{ message: "No.", extensions }] } }));
  const { user } = await renderAt(
    "/identity",
    page(() => asked),
  );
  await screen.findByRole("button", { name: "Submit" });
  await choose(user, "Selfie", picture("me.png"));
  expect(await tile("Selfie").findByRole("alert")).toHaveTextContent(words);
  expect(tile("Selfie").queryByRole("img", { name: /^Your picture/ })).toBeNull();
});

test("what is over 10 MiB is not even sent", async () => {
  const sent = fakeUploads(() => ({ status: 201, body: {} }));
  const { user } = await renderAt(
    "/identity",
    page(() => asked),
  );
  await screen.findByRole("button", { name: "Submit" });
  const file = picture("scan.png");
  Object.defineProperty(file, "size", { value: (10 << 20) + 1 });
  await choose(user, "Selfie", file);
  expect(await tile("Selfie").findByRole("alert")).toHaveTextContent("The file is too large.");
  expect(sent).toEqual([]);
});

test.each([
  ["NotAllowedError", /does not let this page use the camera/],
  ["NotFoundError", /There is no camera here/],
  ["NotReadableError", /another program may be using it/],
])("a camera that answers %s is told of, and a file is the way", async (name, words) => {
  const getUserMedia = vi.fn(() => Promise.reject(new DOMException("no", name)));
  Object.defineProperty(navigator, "mediaDevices", { configurable: true, value: { getUserMedia } });
  const { user } = await renderAt(
    "/identity",
    page(() => asked),
  );
  await user.click(await screen.findByRole("button", { name: "Use the camera: Selfie" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Take a selfie" }));
  expect(await dialog.findByText(words)).toBeVisible();
  expect(getUserMedia).toHaveBeenCalledWith(
    expect.objectContaining({ video: expect.objectContaining({ facingMode: "user" }) }),
  );
  const opened = vi.spyOn(HTMLInputElement.prototype, "click");
  await user.click(dialog.getByRole("button", { name: "Choose a file" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(opened).toHaveBeenCalledOnce();
  opened.mockRestore();
});

const elsewhere = { ...asked, provider: "STRIPE" };

test("a service that can't be used is named", async () => {
  const { user } = await renderAt(
    "/identity",
    page(() => elsewhere, {
      Mutation: () => ({
        beginIdentityVerification: () => ({
          url: null,
          userErrors: [{ field: null, code: "NOT_ALLOWED", message: "No." }],
        }),
      }),
    }),
  );
  await user.click(await screen.findByRole("button", { name: "Go to Stripe" }));
  expect(await screen.findByText(/^Stripe can’t be used for this at present/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Submit" })).toBeNull();
});

test.each([
  [
    "can't be reached",
    { reasons: ["PROVIDER_UNREACHABLE"] },
    /^Stripe, which checks identities for us, can’t be reached/,
  ],
  ["is still checking", { reasons: ["PROVIDER_CHECKING"] }, /^Stripe is still checking what you showed/],
  ["is behind a server that is busy", {}, /Try again shortly/],
])("that a service %s is said where it was to begin", async (_, why, words) => {
  const { user } = await renderAt(
    "/identity",
    page(() => elsewhere, {
      Mutation: () => ({
        beginIdentityVerification: () => {
          throw refusal("TRY_LATER", { retryAfter: 30, ...why });
        },
      }),
    }),
  );
  await user.click(await screen.findByRole("button", { name: "Go to Stripe" }));
  const section = within(screen.getByRole("region", { name: "With Stripe" }));
  expect(await section.findByRole("alert")).toHaveTextContent(words);
  expect(section.getByRole("button", { name: "Go to Stripe" })).toBeEnabled();
});

test("after the return the result is asked for until it is there", async () => {
  sessionStorage.setItem("roster.identityLeft", "1");
  const answers = [
    elsewhere,
    { ...elsewhere, status: "SUBMITTED", submittedAt: "2026-11-19T08:00:00Z", version: 2 },
    { ...elsewhere, status: "APPROVED", decidedAt: "2026-11-20T08:00:00Z", version: 3 },
  ];
  let asks = 0;
  await renderAt(
    "/identity",
    page(() => answers[asks] ?? null),
  );
  expect(await screen.findByText(/the result is on its way/)).toBeVisible();
  asks = 1;
  expect(await screen.findByText(/Stripe has been checking it/)).toBeVisible();
  expect(screen.queryByText(/the result is on its way/), "one sentence is enough").toBeNull();
  asks = 2;
  expect(await screen.findByText(/We confirmed who you are on 20 Nov 2026/)).toBeVisible();
  expect(screen.queryByText(/the result is on its way/)).toBeNull();
  expect(sessionStorage.getItem("roster.identityLeft")).toBeNull();
});

test("a result that came before the return is no more asked for", async () => {
  sessionStorage.setItem("roster.identityLeft", "1");
  await renderAt(
    "/identity",
    page(() => ({ ...elsewhere, status: "REJECTED", cause: "OUT_OF_DATE", triesLeft: 2, version: 3 })),
  );
  expect(await screen.findByText(/The document is out of date/)).toBeVisible();
  expect(screen.queryByText(/the result is on its way/)).toBeNull();
  expect(screen.getByRole("button", { name: "Go to Stripe" })).toBeVisible();
});
