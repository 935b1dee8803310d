// Identity verification as staff see it: an order asks for a proof, or a colleague does and says why; what users send waits in
// a queue, is looked at closely, rejected, sent again, and decided by two at the same moment; who placed no order can't be
// asked; a reset begins anew, and earlier services are history.
import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, showScreen, type Visit, visit } from "./browser";
import { focused, tabTo } from "./keys";
import {
  ask,
  decision,
  dialog,
  figure,
  queue,
  type Subject,
  section,
  sendPictures,
  status,
  subjectsOf,
  toReview,
  toUser,
} from "./proofs";
import { type Login, type Roster, startWithSample } from "./roster";
import { pick, prove, signIn } from "./signIn";

let roster: Roster;
let browser: Browser;
let logins: Login[];
let admin: Page;
let support: Page;
/** Who is asked by an order, and sends first; and who is asked by staff, and has a long name. */
let subject: Subject;
let later: Subject;
let customer: Page;
let laterCustomer: Page;
const visits: Visit[] = [];
/** The files that staff fetched, by address; and those that are the subject's. */
const looks: string[] = [];
const files = new Set<string>();

beforeAll(async () => {
  ({ roster, logins } = await startWithSample(40, 12));
  browser = await launch();
  admin = await open(pick(logins, ({ role }) => role === "Full Administrator"));
  support = await open(pick(logins, ({ role }) => role === "Support Operator"));
  [subject, later] = (await subjectsOf(admin, logins, 2)) as [Subject, Subject];
  later.name = "Maximiliana Alexandrina Featherstonehaugh-Cholmondeley Wolfeschlegelsteinhausenbergerdorff";
  await rename(later);
  customer = await open(subject);
  laterCustomer = await open(later);
  for (const page of [admin, support]) {
    page.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith("/verification-files/")) looks.push(pathname);
    });
  }
});

afterAll(async () => {
  await browser.close();
  await roster.stop();
});

const open = async (login: Login): Promise<Page> => {
  const one = await visit(browser, roster.url);
  visits.push(one);
  await one.page.goto("/sign-in");
  await signIn(one.page, login);
  await one.page.waitForURL(({ pathname }) => pathname !== "/sign-in");
  return one.page;
};

async function rename({ id, version, name }: Subject) {
  const [firstName, ...lastNames] = name.split(" ");
  const { updateUser } = await ask<{ updateUser: { userErrors: unknown[] } }>(
    admin,
    "mutation Rename($i: UpdateUserInput!) { updateUser(input: $i) { userErrors { code message } } }",
    { i: { userId: id, version, firstName, lastName: lastNames.join(" ") } },
  );
  expect(updateUser.userErrors).toEqual([]);
}

/** The subject sends pictures; which files they are is remembered. */
async function send() {
  await sendPictures(customer, subject.name);
  const { user } = await ask<{ user: { identityVerification: { files: { name: string }[] } } }>(
    admin,
    "query Files($number: Int!) { user(number: $number) { identityVerification { files { name } } } }",
    { number: subject.number },
  );
  for (const { name } of user.identityVerification.files) files.add(`/verification-files/${name}`);
}

/** Shows a part of the page on a phone, where it stands below the window. */
async function showBelow(page: Page, name: string, part: ReturnType<typeof decision>) {
  await page.setViewportSize({ width: 390, height: 1600 });
  await part.scrollIntoViewIfNeeded();
  await showScreen(page, name, { widths: [390], tall: true });
  await page.setViewportSize({ width: 1440, height: 900 });
}

test("who placed no order can’t be asked, and the reason is said; nor can the API be made to", async () => {
  await toUser(admin, subject);
  const button = section(admin).getByRole("button", { name: "Initiate…" });
  expect(await button.getAttribute("aria-disabled")).toBe("true");
  await section(admin).getByText("This user placed no order").waitFor();
  await button.focus();
  await admin.keyboard.press("Enter");
  expect(await admin.getByRole("dialog").count()).toBe(0);
  await showScreen(admin, "verification-no-order", { tall: true });
  const { initiateIdentityVerification } = await ask<{ initiateIdentityVerification: { userErrors: object[] } }>(
    admin,
    `mutation Initiate($id: ID!) {
      initiateIdentityVerification(input: { userId: $id }) { userErrors { field code message } }
    }`,
    { id: subject.id },
  );
  expect(initiateIdentityVerification.userErrors).toEqual([
    expect.objectContaining({ field: ["userId"], code: "NOT_ALLOWED", message: expect.stringContaining("no order") }),
  ]);
});

/** Records an order in the dialog of the account's page. */
async function record({ name, memberships }: Subject, number: string, required: boolean) {
  await admin.goto(`/admin/accounts/${memberships.nodes[0]?.account.number}?tab=orders`);
  await admin.getByRole("button", { name: "Record an order" }).click();
  const record = dialog(admin, "Record an order");
  await record.getByLabel("Number").fill(number);
  await record.getByLabel("Placed by").selectOption(name);
  await record.getByRole("checkbox", { name: "Verification required" }).setChecked(required);
  await showScreen(admin, `verification-order${required ? "" : "-plain"}`, { part: "[role=dialog]" });
  await record.getByRole("button", { name: "Record", exact: true }).click();
  await record.waitFor({ state: "detached" });
  const listed = admin.getByRole("listitem").filter({ hasText: number });
  await listed.waitFor();
  expect(await listed.getByText("Verification required").count()).toBe(required ? 1 : 0);
}

test("an order with verification required asks whoever placed it", async () => {
  await record(subject, "A-1001", true);
  await roster.mail(subject.email, "Please prove who you are");
  await toUser(admin, subject);
  await expect.poll(() => status(admin).innerText()).toBe("Requested");
  await section(admin).getByRole("list", { name: "History" }).getByText("By Ada Admin").waitFor();
  await admin.getByRole("region", { name: "Orders" }).getByText("A-1001").waitFor();
});

test("staff ask who placed an order that needs none, and say why; the history tells who, when and why", async () => {
  await record(later, "A-1002", false);
  await toUser(admin, later);
  expect(await status(admin).innerText()).toBe("Not requested");
  await section(admin).getByRole("button", { name: "Initiate…" }).click();
  const initiate = dialog(admin, /^Ask .* to prove who they are/);
  await initiate.getByLabel("Reason").fill("The card was issued in another country");
  await showScreen(admin, "verification-initiate", { part: "[role=dialog]" });
  await initiate.getByRole("button", { name: "Send the mail" }).click();
  await expect.poll(() => status(admin).innerText()).toBe("Requested");
  await roster.mail(later.email, "Please prove who you are");
  const step = section(admin).getByRole("list", { name: "History" }).getByRole("listitem");
  await step.getByText("“The card was issued in another country”").waitFor();
  expect(await step.allInnerTexts()).toEqual([
    expect.stringMatching(/^Requested\s+By Ada Admin\s+“The card [^”]+”\s+.*20\d\d/),
  ]);
  await showScreen(admin, "verification-asked", { tall: true });
});

test("what was submitted waits in the queue, the oldest first", async () => {
  await admin.goto("/admin/verifications");
  await admin.getByText("Nothing waits to be looked at").waitFor();
  await showScreen(admin, "verification-queue-empty");
  await send();
  await sendPictures(laterCustomer, "M. A. Featherstonehaugh", { scanned: true });
  expect(subject.number, "the order is not that of the IDs").toBeGreaterThan(later.number);
  await toUser(admin, subject);
  await section(admin).getByRole("link", { name: "Review" }).waitFor();
  await admin
    .getByRole("navigation", { name: "Main navigation" })
    .getByRole("link", { name: "Identity verification" })
    .click();
  await admin.getByText("Waiting: 2").waitFor();
  expect(await queue(admin).locator("[data-row-link]").allInnerTexts()).toEqual([subject.name, later.name]);
  const waits = queue(admin).getByRole("row").filter({ hasText: subject.name });
  expect(await waits.innerText()).toMatch(/20\d\d, \d\d:\d\d\s*$/);
  await showScreen(admin, "verification-queue");
});

test("a look that does not come through says so, and is tried again", async () => {
  await support.route("**/verification-files/*", (route) => route.abort(), { times: 1 });
  await support.goto(`/admin/verifications/${subject.number}`);
  const again = support.getByRole("button", { name: "Try again" });
  await again.waitFor();
  await showScreen(support, "verification-cut-off");
  await again.click();
  await again.waitFor({ state: "detached" });
  // Who never reached the server did not look.
  looks.shift();
  for (const name of ["Front of the document", "Selfie"]) await figure(support, name).getByRole("img").waitFor();
  await figure(support, "Back of the document").getByRole("button", { name: "Zoom in" }).scrollIntoViewIfNeeded();
});

test("pictures stand beside the profile, are enlarged and turned, and each is fetched once", async () => {
  const before = looks.length;
  await toReview(admin, subject);
  const profile = admin.getByRole("region", { name: "Profile" });
  for (const known of [subject.name, subject.email, "A-1001", "Verification required"]) {
    await profile
      .getByText(known, { exact: known === subject.name })
      .first()
      .waitFor();
  }
  await showScreen(admin, "verification-review", { tall: true });

  const front = figure(admin, "Front of the document");
  const [left, right] = await Promise.all(
    [front, figure(admin, "Selfie")].map(async (one) => (await one.boundingBox()) ?? { x: 0, y: 0, width: 0 }),
  );
  expect(left?.y, "face and document stand side by side").toBe(right?.y);
  expect((left?.x ?? 0) + (left?.width ?? 0)).toBeLessThan(right?.x ?? 0);
  const picture = front.getByRole("img");
  const size = async () => (await picture.boundingBox()) ?? { width: 0, height: 0 };
  const scale = front.getByRole("status");
  const fitting = await size();
  await front.getByRole("button", { name: "Zoom in" }).click();
  expect(await scale.innerText()).toBe("150%");
  await expect.poll(async () => Math.round(((await size()).width / fitting.width) * 10)).toBe(15);
  await front.getByRole("button", { name: "Turn" }).click();
  await expect.poll(async () => (await size()).height > (await size()).width).toBe(true);
  await front.getByRole("region").focus();
  await admin.keyboard.press("r");
  await admin.keyboard.press("+");
  await expect.poll(() => scale.innerText()).toBe("225%");
  await admin.keyboard.press("ArrowRight");
  await showScreen(admin, "verification-zoomed", { widths: [1440] });
  await front.getByRole("region").hover();
  await admin.keyboard.down("Control");
  await admin.mouse.wheel(0, 200);
  await admin.keyboard.up("Control");
  await expect.poll(() => scale.innerText()).not.toBe("225%");
  await front.getByRole("button", { name: "Fit" }).click();
  await expect.poll(() => scale.innerText()).toBe("100%");
  await expect.poll(async () => Math.round((await size()).width)).toBe(Math.round(fitting.width));
  expect(looks.length - before).toBe(3);
  expect(new Set(looks.slice(before)).size).toBe(3);
});

test("by keyboard alone from the queue to a picture, and to a rejection with cause and words", async () => {
  await admin.goto("/admin/verifications");
  await queue(admin).getByRole("link", { name: later.name }).waitFor();
  await tabTo(admin, subject.name);
  await admin.keyboard.press("ArrowDown");
  await expect.poll(() => focused(admin)).toBe(later.name);
  await admin.keyboard.press("ArrowUp");
  await expect.poll(() => focused(admin)).toBe(subject.name);
  await admin.keyboard.press("Enter");
  await figure(admin, "Front of the document").getByRole("img").waitFor();
  await tabTo(admin, "Front of the document");
  await admin.keyboard.press("+");
  await expect.poll(() => figure(admin, "Front of the document").getByRole("status").innerText()).toBe("150%");
  await showScreen(admin, "verification-keyboard", { widths: [1440] });
  await tabTo(admin, "Reject…", 40);
  await admin.keyboard.press("Enter");
  const reject = dialog(admin, /^Reject the proof of/);
  await expect.poll(() => reject.getByLabel("Cause").evaluate((field) => field === document.activeElement)).toBe(true);
  // The last of the list.
  await admin.keyboard.press("End");
  expect(await reject.getByLabel("Cause").inputValue()).toBe("OTHER");
  await tabTo(admin, /^Reject$/);
  await admin.keyboard.press("Enter");
  await reject.getByText("Say what is the matter.").waitFor();
  await expect
    .poll(() => reject.getByLabel("In your words").evaluate((field) => field === document.activeElement))
    .toBe(true);
  await showScreen(admin, "verification-reject-words", { part: "[role=dialog]" });
  await admin.keyboard.type("The selfie shows somebody else. Please send one of yourself.");
  await showScreen(admin, "verification-reject", { part: "[role=dialog]" });
  await tabTo(admin, /^Reject$/);
  await admin.keyboard.press("Enter");
  await decision(admin).getByText("was rejected.").waitFor();
  const next = decision(admin).getByRole("link", { name: `Next: ${later.name}` });
  await next.waitFor();
  expect(await decision(admin).evaluate((part) => part.contains(document.activeElement))).toBe(true);
  await showScreen(admin, "verification-rejected", { tall: true });
  await showBelow(admin, "verification-rejected-below", decision(admin));
  await tabTo(admin, /^Next: /);
  await admin.keyboard.press("Enter");
  await admin.getByRole("heading", { name: later.name, level: 1 }).waitFor();
  const mail = await roster.mail(subject.email, "We could not confirm who you are");
  expect(mail.text).toContain("The selfie shows somebody else.");
});

test("the next one: a scan is only handed out as a file, and a cause of the list needs no words", async () => {
  await toReview(admin, later, ["Front of the document", "Selfie"]);
  const back = figure(admin, "Back of the document");
  const downloading = admin.waitForEvent("download");
  await back.getByRole("button", { name: "Download" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/\.pdf$/);
  expect(await readFile(await download.path(), "latin1")).toMatch(/^%PDF-/);
  await admin.evaluate(() => document.getElementById("main")?.scrollTo(0, 0));
  await showScreen(admin, "verification-long", { tall: true });
  for (const width of [1440, 390]) {
    await admin.setViewportSize({ width, height: 900 });
    const wide = await admin.evaluate(() => document.documentElement.scrollWidth);
    expect(wide, "nothing sticks out").toBeLessThanOrEqual(width);
    const heading = admin.getByRole("heading", { name: "Documents" });
    const ends = await Promise.all(
      [heading, figure(admin, "Front of the document").getByRole("region")].map(async (part) => {
        const { x = 0, width = 0 } = (await part.boundingBox()) ?? {};
        return x + width;
      }),
    );
    expect(ends[1], "pictures end where the words above them do").toBeLessThanOrEqual((ends[0] ?? 0) + 0.5);
  }
  await admin.setViewportSize({ width: 1440, height: 900 });
  await admin.getByRole("button", { name: "Reject…" }).click();
  const reject = dialog(admin, /^Reject the proof of/);
  await reject.getByRole("button", { name: "Reject" }).click();
  await reject.getByText("Choose a cause.").waitFor();
  await reject.getByLabel("Cause").selectOption("The document is out of date");
  await showScreen(admin, "verification-reject-cause", { part: "[role=dialog]" });
  await reject.getByRole("button", { name: "Reject" }).click();
  await decision(admin).getByText("Nothing else waits.").waitFor();
  const mail = await roster.mail(later.email, "We could not confirm who you are");
  expect(mail.text).toContain("out of date");
  await toUser(admin, later);
  await expect.poll(() => status(admin).innerText()).toBe("Rejected");
  await section(admin).getByText("The document is out of date").first().waitFor();
  await section(admin).getByText("Tries left").waitFor();
});

test("it is sent again, and of two reviewers who decide at once one wins and the other sees it", async () => {
  await send();
  await Promise.all([toReview(admin, subject), toReview(support, subject)]);
  for (const page of [admin, support]) {
    await page.getByRole("button", { name: "Approve…" }).click();
    await dialog(page, /^Approve the identity of/).waitFor();
  }
  await showScreen(admin, "verification-approve", { part: "[role=dialog]" });
  await Promise.all(
    [admin, support].map((page) =>
      dialog(page, /^Approve the identity of/)
        .getByRole("button", { name: "Approve" })
        .click(),
    ),
  );
  const won = await Promise.all(
    [admin, support].map(async (page) => {
      const done = decision(page).getByText(`${subject.name} is approved.`);
      const late = decision(page).getByText("Somebody else was faster");
      await done.or(late).waitFor();
      return done.isVisible();
    }),
  );
  expect(won.filter(Boolean)).toHaveLength(1);
  const late = won[0] ? support : admin;
  await decision(late)
    .getByText(won[0] ? "By Ada Admin" : "By Sam Support")
    .waitFor();
  for (const page of [admin, support]) {
    expect(await page.getByRole("button", { name: /^(Approve|Reject)…$/ }).count()).toBe(0);
  }
  await showScreen(late, "verification-late", { tall: true });
  await showBelow(late, "verification-late-below", decision(late));
  await decision(late).getByRole("button", { name: "Show it as it is now" }).click();
  await decision(late).getByText("Approved", { exact: true }).waitFor();
  await roster.mail(subject.email, "Your identity is confirmed");
});

test("each look at a document is on record, and the user can read so in their own data", async () => {
  await customer.goto("/profile");
  await customer.getByRole("button", { name: "Download my data" }).click();
  const downloading = customer.waitForEvent("download");
  await prove(customer, subject.password);
  const text = await readFile(await (await downloading).path(), "utf8");
  const told = text.match(/"VERIFICATION_FILE_SEEN"/g) ?? [];
  expect(told).toHaveLength(looks.filter((path) => files.has(path)).length);
  // Twice for two reviewers each, and once more by keyboard: three pictures each time, two of them before a cut.
  expect(told.length).toBeGreaterThanOrEqual(12);
});

test("the list has it as a column and as a filter", async () => {
  await admin.goto("/admin/users");
  await admin.getByRole("button", { name: "Columns" }).click();
  await admin.getByRole("menuitemcheckbox", { name: "Identity verification" }).click();
  await admin.keyboard.press("Escape");
  await admin.getByRole("button", { name: "Filter" }).click();
  await admin.getByLabel("Identity verification").selectOption("Approved");
  await showScreen(admin, "verification-filter", { part: "[role=dialog]" });
  await admin.keyboard.press("Escape");
  const table = admin.getByRole("table", { name: "Manage Users" });
  const rows = table.locator("tr[data-index]");
  await expect.poll(() => rows.filter({ hasNotText: "Approved" }).count()).toBe(0);
  await rows.filter({ hasText: subject.name }).getByText("Approved", { exact: true }).waitFor();
  const heading = table.getByRole("columnheader", { name: "Identity verification" });
  await heading.getByRole("button").click();
  await expect.poll(() => heading.getAttribute("aria-sort")).toBe("ascending");
  expect(Object.fromEntries(new URL(admin.url()).searchParams)).toEqual({
    verification: "APPROVED",
    sort: "VERIFICATION",
    direction: "ASC",
  });
  await showScreen(admin, "verification-users");
  await admin.getByRole("button", { name: "Remove the filter Identity verification: Approved" }).click();
  await expect.poll(() => rows.filter({ hasNotText: "Approved" }).count()).toBeGreaterThan(5);
  await showScreen(admin, "verification-column");
  // On a phone there are no columns to show.
  await support.setViewportSize({ width: 390, height: 844 });
  await support.goto(`/admin/users?q=${encodeURIComponent(subject.email)}`);
  await support.getByText("Approved", { exact: true }).waitFor();
  await showScreen(support, "verification-users-phone", { widths: [390] });
  await support.setViewportSize({ width: 1440, height: 900 });
});

test("a reset takes it all back, the user can be asked again, and an earlier result is history", async () => {
  await toUser(admin, subject);
  await section(admin).getByRole("button", { name: "Reset…" }).click();
  const reset = dialog(admin, "Reset the identity verification?");
  await reset.getByLabel("Reason").fill("The account was sold");
  await showScreen(admin, "verification-reset", { part: "[role=dialog]" });
  await reset.getByRole("button", { name: "Reset", exact: true }).click();
  await expect.poll(() => status(admin).innerText()).toBe("Not requested");
  const [file = ""] = files;
  expect(await admin.evaluate(async (path) => (await fetch(path)).status, file), "what was sent is gone").toBe(404);

  await section(admin).getByRole("button", { name: "Initiate…" }).click();
  await dialog(admin, /^Ask .* to prove who they are/)
    .getByRole("button", { name: "Send the mail" })
    .click();
  await expect.poll(() => status(admin).innerText()).toBe("Requested");
  await roster.mail(subject.email, "Please prove who you are");

  await section(admin).getByRole("button", { name: "Record an earlier result…" }).click();
  const bring = dialog(admin, "Record an earlier result");
  await bring.getByLabel("Service").fill("Validation.com (service ended 2023)");
  await bring.getByLabel("Result").selectOption("Approved");
  await bring.getByLabel("Date").fill("2022-03-04");
  await showScreen(admin, "verification-bring", { part: "[role=dialog]" });
  await bring.getByRole("button", { name: "Record", exact: true }).click();
  const history = section(admin).getByRole("list", { name: "History" });
  await history.getByText("Through Validation.com (service ended 2023)").waitFor();
  await history.getByText("“The account was sold”").waitFor();
  expect(await status(admin).innerText(), "it stands where it stood").toBe("Requested");
  const brought = history.getByRole("listitem").filter({ hasText: "Validation.com" });
  expect(await brought.locator("time").innerText(), "only the day is known").toBe("4 Mar 2022");
  await section(admin).scrollIntoViewIfNeeded();
  await showScreen(admin, "verification-user", { tall: true });
  await showBelow(admin, "verification-user-below", history.getByRole("listitem").last());
});

test("an order that staff placed stands on the page of the account's owner", async () => {
  const { id } = later.memberships.nodes[0]?.account ?? {};
  const { recordOrder } = await ask<{ recordOrder: { order: { account: { owner: { number: number } } } } }>(
    admin,
    "mutation Order($i: RecordOrderInput!) { recordOrder(input: $i) { order { account { owner { number } } } } }",
    { i: { accountId: id, number: "S-1" } },
  );
  const { number } = recordOrder.order.account.owner;
  await admin.goto(`/admin/users/${number}`);
  const listed = admin.getByRole("region", { name: "Orders" }).getByRole("listitem").filter({ hasText: "S-1" });
  await listed.getByText("Placed by staff").waitFor();
  expect(await section(admin).getByText("This user placed no order").count()).toBe(0);
  await listed.scrollIntoViewIfNeeded();
  await showScreen(admin, "verification-staffs-order", { tall: true });
});

test("nothing went wrong behind the scenes", () => expect(visits.flatMap(({ faults }) => faults)).toEqual([]));
