// Proving who one is: an order asks for it, a mail and a banner lead there, camera and files bring the pictures, staff look at
// them in their queue, and what they decide is shown and mailed.
import type { Browser, Page, Request, Route } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible, launch, showScreen, type Visit, visit } from "./browser";
import { choose, drawn, photograph, prove, received, tile } from "./identityPage";
import { focused, tabTo } from "./keys";
import { type Login, type Roster, startWithSample } from "./roster";
import { pick, signIn } from "./signIn";

interface Customer extends Login {
  id: string;
  name: string;
  accountId: string;
  /** There is an order of theirs already. */
  applicable: boolean;
}

let roster: Roster;
let browser: Browser;
const visits: Visit[] = [];
let admin: Login;
let staff: Page;
let customers: Customer[];
/** A customer of whom there is no order. */
let orderless: Customer;
let page: Page;

beforeAll(async () => {
  const started = await startWithSample(120, 80);
  roster = started.roster;
  browser = await launch({ camera: true });
  admin = pick(started.logins, ({ role }) => role === "Full Administrator");
  staff = await open();
  await staff.goto("/sign-in");
  await signIn(staff, admin);
  await staff.waitForURL("**/admin/users");
  const owners = await ownersOf(admin.password);
  orderless = pick(owners, ({ applicable }) => !applicable);
  customers = owners.filter((one) => one !== orderless);
});

afterAll(async () => {
  await browser.close();
  await roster.stop();
});

const open = async (options?: Parameters<typeof visit>[2]): Promise<Page> => {
  const one = await visit(browser, roster.url, { camera: true, ...options });
  visits.push(one);
  return one.page;
};

/** Asks the API as who is signed in on the page; to be refused in another way than is expected ends the journey. */
async function ask<Data>(who: Page, query: string, variables: object = {}, refused: unknown[] = []): Promise<Data> {
  const answer = await who.evaluate(
    async ([body]) => {
      const response = await fetch("/graphql", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      return (await response.json()) as { data: Record<string, { userErrors?: unknown[] } | null>; errors?: unknown };
    },
    [JSON.stringify({ query, variables })] as const,
  );
  expect(answer.errors, query).toBeUndefined();
  for (const payload of Object.values(answer.data)) expect(payload?.userErrors ?? [], query).toEqual(refused);
  return answer.data as Data;
}

/** Owners of accounts in the sample who sign in by password alone, read English, and were asked for nothing yet. */
async function ownersOf(password: string): Promise<Customer[]> {
  interface Owner {
    id: string;
    email: string;
    name: string;
    emailVerified: boolean;
    identityVerification: { status: string; applicable: boolean } | null;
    language: string;
    lastLoginAt: string | null;
    twoFactorEnabled: boolean;
    role: object | null;
    state: string;
  }
  const { accounts } = await ask<{ accounts: { nodes: { id: string; status: string; owner: Owner }[] } }>(
    staff,
    `{ accounts(first: 100) { nodes { id status owner {
      id email name emailVerified identityVerification { status applicable } language lastLoginAt twoFactorEnabled role { id } state } } } }`,
  );
  const found = new Map<string, Customer>();
  for (const { id: accountId, status, owner } of accounts.nodes) {
    const {
      id,
      email,
      name,
      emailVerified,
      identityVerification: proof,
      language,
      lastLoginAt,
      twoFactorEnabled,
      role,
      state,
    } = owner;
    const simple = emailVerified && lastLoginAt && !twoFactorEnabled && !role && state === "ACTIVE";
    const fresh = proof?.status === "NOT_REQUESTED";
    if (simple && fresh && language === "en" && status === "ACTIVE") {
      found.set(id, { id, email, name, password, accountId, applicable: proof.applicable });
    }
  }
  return [...found.values()];
}

const customer = (i: number): Customer => {
  const one = customers[i];
  if (!one) throw new Error(`the sample has only ${customers.length} such customers`);
  return one;
};

let orders = 0;

/** Staff note an order which asks who the account's owner is. */
const order = (who: Customer) =>
  ask(staff, "mutation($i: RecordOrderInput!) { recordOrder(input: $i) { userErrors { field code } } }", {
    i: { accountId: who.accountId, number: `ORD-${++orders}`, verificationRequired: true },
  });

const decide = (who: Customer, decision: object) =>
  ask(
    staff,
    "mutation($i: DecideIdentityVerificationInput!) { decideIdentityVerification(input: $i) { userErrors { field code } } }",
    { i: { userId: who.id, ...decision } },
  );

const initiate = (who: Customer, refused: unknown[] = []) =>
  ask(
    staff,
    "mutation($i: InitiateIdentityVerificationInput!) { initiateIdentityVerification(input: $i) { userErrors { field code message } } }",
    { i: { userId: who.id } },
    refused,
  );

/** Some acts of staff's need a fresh proof of who they are. */
const sudo = () =>
  ask(staff, "mutation($i: ConfirmIdentityInput!) { confirmIdentity(input: $i) { userErrors { field code } } }", {
    i: { password: admin.password },
  });

const set = async (rule: object) => {
  await sudo();
  await ask(staff, "mutation($i: UpdateSettingsInput!) { updateSettings(input: $i) { userErrors { field code } } }", {
    i: { identityVerification: rule },
  });
};

/** The link of the next mail to the customer, which has to be about this. */
async function link(to: Customer, subject: string): Promise<string> {
  const { text = "", html } = await roster.mail(to.email, subject);
  const found = new RegExp(`${roster.url}/\\S+`).exec(text)?.[0] ?? "";
  expect(html).toContain(`href="${found}"`);
  return found;
}

async function arrive(who: Customer, options?: Parameters<typeof visit>[2]): Promise<Page> {
  const one = await open(options);
  await one.goto("/sign-in?return_to=%2Fidentity");
  await signIn(one, who);
  // With where it stands beside it: the page is there as a whole.
  await one.getByRole("heading", { name: /^Proof of identity\s*\S/ }).waitFor();
  return one;
}

/** Keeps what the page asks of the server there from arriving. What is returned ends that: the connection breaks. */
async function holdBack(on: Page, url: string, wanted: (request: Request) => boolean = () => true) {
  const held: Route[] = [];
  let over = false;
  await on.route(url, async (route) => {
    if (over || !wanted(route.request())) await route.continue();
    else held.push(route);
  });
  return async () => {
    over = true;
    await Promise.all(held.map((route) => route.abort("connectionfailed")));
  };
}

test("an order asks for it: the mail leads past the door to the page", async () => {
  await order(customer(0));
  const to = await link(customer(0), "Please prove who you are");
  expect(to).toBe(`${roster.url}/identity`);
  page = await open();
  await page.goto(to);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await signIn(page, customer(0));
  await page.getByText(/we asked you to prove who you are/).waitFor();
  expect(new URL(page.url()).pathname).toBe("/identity");
  await page.getByText("They are deleted 30 days after you submit them.").waitFor();
  await showScreen(page, "identity-asked", { tall: true });
});

test("a banner reminds, can be put off, and is back with the next sign-in", async () => {
  const words = page.getByText("Please prove who you are: one of your orders needs it.");
  await page.goto("/account");
  await words.waitFor();
  await showScreen(page, "identity-banner");
  await page.getByRole("button", { name: "Later" }).click();
  await words.waitFor({ state: "detached" });
  await page.goto("/profile");
  await page.getByRole("region", { name: "Proof of identity" }).getByText("Requested").waitFor();
  await showScreen(page, "identity-profile", { tall: true });
  expect(await words.count()).toBe(0);
  await page.goto("/account");
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await signIn(page, customer(0));
  await words.waitFor();
  await page.getByRole("link", { name: "Prove who you are" }).click();
  await page.getByRole("button", { name: "Submit" }).waitFor();
  expect(await words.count(), "the page says it all").toBe(0);
});

test("what is missing, no picture, too large or of poor quality is said at its tile", async () => {
  await page.getByRole("button", { name: "Submit" }).click();
  await tile(page, "Front of the document").getByText("Add a picture of the front of your document.").waitFor();
  await tile(page, "Selfie").getByText("Add a picture of your face.").waitFor();
  await choose(page, "Selfie", Buffer.from("not a picture at all"), "me.jpg", "image/jpeg");
  await tile(page, "Selfie")
    .getByText(/can’t be read as a picture/)
    .waitFor();
  await choose(page, "Back of the document", Buffer.alloc((10 << 20) + 1), "scan.png");
  await tile(page, "Back of the document")
    .getByText(/The file is too large/)
    .waitFor();
  await showScreen(page, "identity-refused", { tall: true });

  await choose(page, "Back of the document", await drawn(page, { width: 480, height: 300, light: 0.12 }));
  await received(page, "Back of the document");
  await tile(page, "Back of the document").getByText("The picture is small.").waitFor();
  await tile(page, "Back of the document").getByText("The picture seems too dark.").waitFor();
  await choose(page, "Back of the document", await drawn(page, { blur: 24 }));
  await tile(page, "Back of the document").getByText("The picture may be blurred.").waitFor();
  await received(page, "Back of the document");
  await showScreen(page, "identity-hints", { tall: true });
  await choose(page, "Back of the document", await drawn(page));
  await tile(page, "Back of the document").getByText("The picture may be blurred.").waitFor({ state: "detached" });
  await received(page, "Back of the document");
});

test("the camera takes front and selfie, after a look; a reload loses nothing", async () => {
  const front = tile(page, "Front of the document");
  await front.getByRole("button", { name: "Use the camera" }).click();
  const dialog = page.getByRole("dialog", { name: "Photograph the front of the document" });
  await dialog.getByRole("button", { name: "Take picture" }).waitFor();
  await showScreen(page, "identity-camera", { part: "[role=dialog]" });
  await dialog.getByRole("button", { name: "Take picture" }).click();
  await dialog.getByRole("img", { name: "The picture that you took" }).waitFor();
  await showScreen(page, "identity-camera-taken", { part: "[role=dialog]" });
  await dialog.getByRole("button", { name: "Take again" }).click();
  await dialog.getByRole("button", { name: "Take picture" }).click();
  await dialog.getByRole("button", { name: "Use picture" }).click();
  await received(page, "Front of the document");
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label")))
    .toBe("Use the camera: Front of the document");

  await tile(page, "Selfie").getByRole("button", { name: "Use the camera" }).click();
  const selfie = page.getByRole("dialog", { name: "Take a selfie" });
  await selfie.getByRole("button", { name: "Take picture" }).waitFor();
  await showScreen(page, "identity-selfie", { part: "[role=dialog]" });
  await page.keyboard.press("Escape");
  await selfie.waitFor({ state: "detached" });
  await photograph(page, "Selfie", "Take a selfie");

  await page.reload();
  for (const name of ["Front of the document", "Back of the document", "Selfie"]) {
    const kept = tile(page, name).getByRole("img", { name: `Your picture: ${name}` });
    await kept.waitFor();
    await expect.poll(() => kept.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(300);
  }
  await showScreen(page, "identity-ready", { tall: true });
});

test("handed over, it waits; nobody gets a picture by its address", async () => {
  const { viewer } = await ask<{ viewer: { user: { identityVerification: { files: { name: string }[] } } } }>(
    page,
    "{ viewer { user { identityVerification { files { name } } } } }",
  );
  const paths = viewer.user.identityVerification.files.map(({ name }) => `/verification-files/${name}`);
  expect(paths).toHaveLength(3);
  const seen = (on: Page) =>
    on.evaluate((all) => Promise.all(all.map(async (path) => (await fetch(path)).status)), paths);
  expect(await seen(page)).toEqual([200, 200, 200]);
  await page.getByRole("button", { name: "Submit" }).click();
  await page.getByText("We will look at it, and a mail follows.").waitFor();
  await page.getByText(/You submitted it on/).waitFor();
  expect(await page.getByRole("button", { name: "Submit" }).count()).toBe(0);
  await showScreen(page, "identity-waiting", { tall: true });
  expect(await seen(page), "handed over is out of one's own hands").toEqual([404, 404, 404]);
});

test("rejected with words, it is tried again", async () => {
  const words = "Your thumb covers the date of birth. Please take it again.";
  await decide(customer(0), { approve: false, cause: "UNREADABLE", reason: words });
  const to = await link(customer(0), "We could not confirm who you are");
  await page.goto(to);
  await page.getByText("A picture could not be read.").waitFor();
  await page.getByText("You can try 2 more times.").waitFor();
  expect(await page.getByText(words).count(), "in the banner and in the history").toBe(2);
  await showScreen(page, "identity-rejected", { tall: true });
  await page.goto("/account");
  await page.getByText("We could not confirm who you are. You can try again.").waitFor();
  await page.getByRole("link", { name: "Prove who you are" }).click();
  await page.getByRole("button", { name: "Submit" }).waitFor();
  await prove(page);
});

test("staff find it in their queue and approve; it is shown, and nothing reminds any more", async () => {
  const { name } = customer(0);
  await staff.goto("/admin/verifications");
  await staff.getByRole("table").getByRole("link", { name }).click();
  for (const what of ["Front of the document", "Selfie"]) {
    const picture = staff.getByRole("figure", { name: what }).getByRole("img");
    await picture.scrollIntoViewIfNeeded();
    await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(1600);
  }
  await staff.getByRole("button", { name: "Approve…" }).click();
  await staff.getByRole("dialog").getByRole("button", { name: "Approve", exact: true }).click();
  await staff.getByRole("region", { name: "Decision" }).getByText("is approved.").waitFor();
  expect((await roster.mail(customer(0).email, "Your identity is confirmed")).text).toContain("nothing more to do");
  await page.reload();
  await page.getByText(/We confirmed who you are on/).waitFor();
  await showScreen(page, "identity-approved", { tall: true });
  await page.goto("/account");
  await page.getByRole("heading", { name: "Your account" }).waitFor();
  expect(await page.getByRole("button", { name: "Later" }).count()).toBe(0);
});

test("who used up the tries is sent to staff; after a reset they can be asked again", async () => {
  const asks = () => roster.mail(customer(1).email, "Please prove who you are");
  await set({ tries: 1 });
  await order(customer(1));
  await asks();
  const other = await arrive(customer(1));
  await prove(other);
  await decide(customer(1), { approve: false, cause: "MISMATCH" });
  await other.reload();
  await other.getByText("You have tried as often as you can.").waitFor();
  expect(await other.getByRole("button", { name: "Submit" }).count()).toBe(0);
  await showScreen(other, "identity-no-tries", { widths: [390], tall: true });
  await other.goto("/account");
  await other.getByRole("heading", { name: "Your account" }).waitFor();
  expect(await other.getByRole("button", { name: "Later" }).count()).toBe(0);

  await ask(
    staff,
    "mutation($i: ResetIdentityVerificationInput!) { resetIdentityVerification(input: $i) { userErrors { field code } } }",
    { i: { userId: customer(1).id, reason: "They called, and have a new passport" } },
  );
  await other.goto("/identity");
  await other.getByText("Should one of your orders need it, a mail tells you.").waitFor();
  expect(await other.getByText("new passport").count(), "why is for staff").toBe(0);
  await showScreen(other, "identity-reset", { widths: [390] });
  await initiate(customer(1));
  await asks();
  await other.goto("/account");
  await other.getByText("Please prove who you are: one of your orders needs it.").waitFor();
  await other.getByRole("link", { name: "Prove who you are" }).click();
  await prove(other);
  await set({ tries: 3 });
});

test("by keyboard alone: what is missing, a file, the camera, and submitting", async () => {
  await order(customer(3));
  const other = await arrive(customer(3));
  const key = (name: string) => other.keyboard.press(name);
  await tabTo(other, "Submit");
  await key("Enter");
  const front = tile(other, "Front of the document");
  await front.getByText("Add a picture of the front of your document.").waitFor();
  await expect.poll(() => front.evaluate((part) => part === document.activeElement)).toBe(true);
  expect(await focused(other)).not.toContain("without a ring");
  await showScreen(other, "identity-keyboard", { widths: [1440] });

  const chooser = other.waitForEvent("filechooser"); // the browser has to be told before the key is pressed
  await tabTo(other, "Choose a file: Front of the document");
  await key("Enter");
  await (await chooser).setFiles({ name: "card.png", mimeType: "image/png", buffer: await drawn(other) });
  await received(other, "Front of the document");
  expect(await focused(other)).toBe("Choose a file: Front of the document");

  await tabTo(other, "Use the camera: Selfie");
  await key("Enter");
  await expect.poll(() => focused(other)).toBe("Take picture");
  await key("Enter");
  await expect.poll(() => focused(other)).toBe("Use picture");
  await tabTo(other, "Take again");
  await key("Enter");
  await expect.poll(() => focused(other)).toBe("Take picture");
  await key("Enter");
  await expect.poll(() => focused(other)).toBe("Use picture");
  await key("Enter");
  await expect.poll(() => focused(other)).toBe("Use the camera: Selfie");
  await received(other, "Selfie");

  await tabTo(other, "Submit");
  await key("Enter");
  await other.getByText(/You submitted it on/).waitFor();
  await expect.poll(() => other.evaluate(() => document.activeElement?.id)).toBe("main");
});

test("while it loads, is sent, or can’t be reached, the page says so", async () => {
  await order(customer(4));
  const other = await arrive(customer(4));
  const breakUpload = await holdBack(other, "**/verification-files?*");
  await choose(other, "Selfie", await drawn(other));
  await tile(other, "Selfie").getByRole("progressbar", { name: "Sending: Selfie" }).waitFor();
  await showScreen(other, "identity-sending", { tall: true });
  await breakUpload();
  await tile(other, "Selfie")
    .getByText(/can’t be reached/)
    .waitFor();
  await choose(other, "Selfie", await drawn(other));
  await received(other, "Selfie");

  await other.goto("/account");
  const breakQuery = await holdBack(
    other,
    "**/graphql",
    (request) => request.postData()?.includes("query IdentityPage") ?? false,
  );
  await other.getByRole("link", { name: "Prove who you are" }).click();
  await other.getByRole("status", { name: "Loading" }).waitFor();
  await showScreen(other, "identity-loading", { widths: [390] });
  await breakQuery();
  await other.getByRole("button", { name: "Try again" }).waitFor();
  await showScreen(other, "identity-unreachable", { widths: [390] });
  await other.getByRole("button", { name: "Try again" }).click();
  await received(other, "Selfie");
});

test("where there is no camera, a telephone says so and takes a file", async () => {
  const bare = await launch();
  const one = await visit(bare, roster.url, { camera: true, touch: true });
  visits.push(one);
  await one.page.goto("/sign-in?return_to=%2Fidentity");
  await signIn(one.page, customer(4));
  await received(one.page, "Selfie");
  expect(await tile(one.page, "Front of the document").getByText("Or drop a file here").isVisible()).toBe(false);
  await showScreen(one.page, "identity-touch", { widths: [390], tall: true });
  await tile(one.page, "Front of the document").getByRole("button", { name: "Use the camera" }).tap();
  const dialog = one.page.getByRole("dialog", { name: "Photograph the front of the document" });
  await dialog.getByText("There is no camera here").waitFor();
  await showScreen(one.page, "identity-no-camera", { widths: [390], part: "[role=dialog]" });
  const chooser = one.page.waitForEvent("filechooser");
  await dialog.getByRole("button", { name: "Choose a file" }).tap();
  await (await chooser).setFiles({ name: "card.png", mimeType: "image/png", buffer: await drawn(one.page) });
  await received(one.page, "Front of the document");
  await one.page.getByRole("button", { name: "Submit" }).tap();
  await one.page.getByText(/You submitted it on/).waitFor();
  await bare.close();
});

test("the app alone may use the camera", async () => {
  const policies = await Promise.all(
    ["/identity", "/explorer", "/graphql"].map(async (path) => {
      const answer = await page.request.get(path);
      return /camera=\(\w*\)/.exec(answer.headers()["permissions-policy"] ?? "")?.[0];
    }),
  );
  expect(policies).toEqual(["camera=(self)", "camera=()", "camera=()"]);
});

test("who lets no page use the camera is told so, and takes a file; in Arabic", async () => {
  await order(customer(2));
  const other = await arrive(customer(2), { camera: false });
  const { viewer } = await ask<{ viewer: { user: { version: number } } }>(other, "{ viewer { user { version } } }");
  await ask(other, "mutation($i: UpdateProfileInput!) { updateProfile(input: $i) { userErrors { field code } } }", {
    i: { version: viewer.user.version, language: "ar" },
  });
  await other.reload();
  await other.getByRole("heading", { name: "إثبات الهوية" }).waitFor();
  expect(await other.locator("html").getAttribute("dir")).toBe("rtl");
  await tile(other, "صورة ذاتية").getByRole("button", { name: "استخدام الكاميرا" }).click();
  const dialog = other.getByRole("dialog", { name: "التقاط صورة ذاتية" });
  await dialog.getByText("لا يسمح متصفحك").waitFor();
  await showScreen(other, "identity-camera-refused-ar", { part: "[role=dialog]" });
  const chooser = other.waitForEvent("filechooser");
  await dialog.getByRole("button", { name: "اختيار ملف" }).click();
  await (await chooser).setFiles({ name: "me.png", mimeType: "image/png", buffer: await drawn(other) });
  await tile(other, "صورة ذاتية").getByText("وصلت.").waitFor();
  await showScreen(other, "identity-ar", { tall: true });
  for (const width of [1440, 390]) {
    await other.setViewportSize({ width, height: 900 });
    expect(await other.evaluate(() => document.documentElement.scrollWidth), "nothing sticks out").toBeLessThanOrEqual(
      width,
    );
  }
});

test("who placed no order can’t be asked, and learns that nobody does; switched off, there is no such page", async () => {
  await initiate(orderless, [
    { field: ["userId"], code: "NOT_ALLOWED", message: expect.stringContaining("placed no order") },
  ]);
  const other = await arrive(orderless);
  await other.getByText("You are not asked to prove who you are.").waitFor();
  await showScreen(other, "identity-not-asked");
  await set({ enabled: false });
  await other.reload();
  await other.getByRole("heading", { name: "There is no such page" }).waitFor();
  await expectAccessible(other, "identity switched off");
  await set({ enabled: true });
});

test("nothing went wrong behind the scenes", () => expect(visits.flatMap(({ faults }) => faults)).toEqual([]));
