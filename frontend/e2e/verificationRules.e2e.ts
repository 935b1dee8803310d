// The rules of identity verification, in the settings, and what each of them does: how long an approval holds, how often one
// may try, how long documents are kept, and that two have to approve; the keys of a service and whether it takes them; then
// who may not look sees nothing of it, and nobody does where it is switched off. A review in Arabic runs from right to left.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, showScreen, type Visit, visit } from "./browser";
import { focused } from "./keys";
import {
  ask,
  decision,
  dialog,
  figure,
  order,
  queue,
  type Subject,
  section,
  sendPictures,
  status,
  subjectsOf,
  toReview,
  toUser,
} from "./proofs";
import { freePort, type Login, type Roster, startWithSample } from "./roster";
import { pick, prove, signIn } from "./signIn";
import { keys, startStripe } from "./stripe";

let roster: Roster;
let browser: Browser;
let logins: Login[];
let endStripe: () => Promise<void>;
let admin: Page;
let support: Page;
let subject: Subject;
let other: Subject;
let customer: Page;
let otherCustomer: Page;
const visits: Visit[] = [];

beforeAll(async () => {
  const port = await freePort();
  ({ roster, logins } = await startWithSample(40, 12, { ROSTER_STRIPE_URL: `http://127.0.0.1:${port}` }));
  endStripe = await startStripe(port, `${roster.url}/identity-notices/stripe`);
  browser = await launch();
  admin = await open("Full Administrator");
  support = await open("Support Operator");
  [subject, other] = (await subjectsOf(admin, logins, 2)) as [Subject, Subject];
  customer = await enter(subject);
  otherCustomer = await enter(other);
});

afterAll(async () => {
  await browser.close();
  await endStripe();
  await roster.stop();
});

const enter = async (login: Login, through = signIn): Promise<Page> => {
  const one = await visit(browser, roster.url);
  visits.push(one);
  await one.page.goto("/sign-in");
  await through(one.page, login);
  await one.page.waitForURL(({ pathname }) => pathname !== "/sign-in");
  return one.page;
};

const inArabic: typeof signIn = async (page, { email, password }) => {
  await page.getByRole("button", { name: "العربية" }).click();
  await page.getByLabel("البريد الإلكتروني").fill(email);
  await page.getByLabel("كلمة المرور", { exact: true }).fill(password);
  await page.getByRole("button", { name: "تسجيل الدخول", exact: true }).click();
};

const colleague = (name: string) => pick(logins, ({ role }) => role === name);
const open = (role: string) => enter(colleague(role));
const stripe = () => admin.getByRole("region", { name: "Stripe Identity" });

/** Changes settings in their form, and saves them. */
async function save(changes: number, change: (rules: ReturnType<typeof section>) => Promise<unknown>) {
  await admin.goto("/admin/settings");
  await change(section(admin));
  await admin.getByRole("button", { name: "Review and save" }).click();
  const review = dialog(admin, changes === 1 ? "Save this change?" : `Save these ${changes} changes?`);
  await review.waitFor();
  await showScreen(admin, `verification-save-${changes}`, { part: "[role=dialog]" });
  await review.getByRole("button", { name: "Save" }).click();
  const proof = dialog(admin, "Confirm it’s you");
  const saved = admin.getByText("The settings were saved.").last();
  await proof.or(saved).first().waitFor();
  if (await proof.isVisible()) await prove(admin, colleague("Full Administrator").password);
  await saved.waitFor();
}

test("the settings hold its rules; what is out of bounds is said at its field", async () => {
  await admin.goto("/admin/settings");
  await section(admin).getByLabel("Tries").fill("0");
  await admin.getByRole("button", { name: "Review and save" }).click();
  await expect.poll(() => section(admin).getByLabel("Tries").getAttribute("aria-invalid")).toBe("true");
  await section(admin).scrollIntoViewIfNeeded();
  await showScreen(admin, "verification-rule-refused", { tall: true });
  await admin.getByRole("button", { name: "Discard" }).click();
  await save(4, async (rules) => {
    await rules.getByLabel("Days an approval holds").fill("30");
    await rules.getByLabel("Tries").fill("1");
    await rules.getByLabel("Days that documents are kept").fill("14");
    await rules.getByRole("checkbox", { name: "Second reviewer" }).check();
    await rules.scrollIntoViewIfNeeded();
    await showScreen(admin, "verification-settings", { tall: true });
  });
});

test("a service is given its keys, which nobody sees again, and says whether it takes them", async () => {
  const test = stripe().getByRole("button", { name: "Test connection" });
  const give = async (apiKey: string, secret?: string) => {
    await stripe()
      .getByLabel(/^Secret key/)
      .fill(apiKey);
    if (secret)
      await stripe()
        .getByLabel(/^Signing secret/)
        .fill(secret);
    await stripe().getByRole("button", { name: "Save keys" }).click();
    await expect
      .poll(() =>
        stripe()
          .getByLabel(/^Secret key/)
          .inputValue(),
      )
      .toBe("");
  };
  await stripe().getByText(`${roster.url}/identity-notices/stripe`).waitFor();
  await stripe().getByText("Both keys are needed first.").waitFor();
  expect(await test.isDisabled()).toBe(true);
  expect(await section(admin).getByLabel("Decided by").locator("option").allInnerTexts()).not.toContain(
    "Stripe Identity",
  );
  await stripe().scrollIntoViewIfNeeded();
  await showScreen(admin, "verification-no-keys", { tall: true });

  await give("sk_test_of_somebody_else", keys[1]?.value);
  await expect.poll(() => stripe().getByText("Set", { exact: true }).count()).toBe(2);
  await test.click();
  await stripe().getByText("Stripe Identity does not accept the secret key for this.").waitFor();
  await showScreen(admin, "verification-key-refused", { tall: true });
  const choice = section(admin).getByLabel("Decided by");
  const refused = choice.locator("option", { hasText: "Stripe Identity (did not accept its keys)" });
  await refused.waitFor({ state: "attached" });
  expect(await refused.isDisabled()).toBe(true);
  await give(keys[0]?.value ?? "");
  await refused.waitFor({ state: "detached" });
  expect(await stripe().getByRole("alert").count(), "that was said of other keys").toBe(0);
  await choice.selectOption("Stripe Identity");
  const untested = section(admin).getByText(/^The keys of Stripe Identity were never tested/);
  await untested.waitFor();
  await choice.scrollIntoViewIfNeeded();
  await showScreen(admin, "verification-untested", { tall: true });
  await test.click();
  await stripe().getByText("Stripe Identity accepts the secret key.").waitFor();
  await untested.waitFor({ state: "detached" });
  await showScreen(admin, "verification-stripe", { tall: true });
  await admin.getByRole("button", { name: "Discard" }).click();
  expect(await admin.content()).not.toContain(keys[0]?.value);

  await endStripe();
  endStripe = async () => {};
  await test.click();
  await stripe().getByText("Stripe Identity can’t be reached at present.").waitFor();
});

test("while the service is out of reach, who begins is told so, and by whom they are checked", async () => {
  await save(1, (rules) => rules.getByLabel("Decided by").selectOption("Stripe Identity"));
  await order(admin, other, "B-0");
  await otherCustomer.goto("/identity");
  await otherCustomer.getByRole("button", { name: "Go to Stripe" }).click();
  await otherCustomer
    .getByRole("alert")
    .getByText("Stripe, which checks identities for us, can’t be reached")
    .waitFor();
  await showScreen(otherCustomer, "identity-service-away", { tall: true });
  await save(1, (rules) => rules.getByLabel("Decided by").selectOption("Our own staff"));
  const { resetIdentityVerification } = await ask<{ resetIdentityVerification: { userErrors: unknown[] } }>(
    admin,
    "mutation Reset($i: ResetIdentityVerificationInput!) { resetIdentityVerification(input: $i) { userErrors { code } } }",
    { i: { userId: other.id, reason: "The service was out of reach" } },
  );
  expect(resetIdentityVerification.userErrors).toEqual([]);
});

test("a picture that is not handed over yet can be seen larger", async () => {
  await order(admin, subject, "B-1");
  await customer.goto("/identity");
  const tile = customer.getByRole("group", { name: "Front of the document" });
  await tile.waitFor();
  const file = { name: "front.png", mimeType: "image/png", buffer: await customer.screenshot() };
  await tile.locator("input[type=file]").setInputFiles(file);
  await tile.getByText("Received. You can still replace it.").waitFor();
  await tile.scrollIntoViewIfNeeded();
  await showScreen(customer, "identity-picture", { tall: true });
  await tile.getByRole("button", { name: "See it larger: Front of the document" }).click();
  const larger = dialog(customer, "Front of the document");
  const picture = larger.getByRole("img", { name: "Front of the document" });
  const width = async () => Math.round((await picture.boundingBox())?.width ?? 0);
  await expect.poll(width).toBeGreaterThan(300);
  const before = await width();
  await showScreen(customer, "identity-larger", { part: "[role=dialog]" });
  await larger.getByRole("button", { name: "Zoom in" }).click();
  await expect.poll(width).toBeGreaterThan(before * 1.4);
  await customer.keyboard.press("Escape");
  await larger.waitFor({ state: "detached" });
  await expect.poll(() => focused(customer)).toBe("See it larger: Front of the document");
});

test("with a second reviewer the first approval waits for somebody else, and holds as long as was set", async () => {
  await sendPictures(customer, subject.name);
  const { user } = await ask<{ user: { identityVerification: { files: { createdAt: string; purgeAt: string }[] } } }>(
    admin,
    "query Files($n: Int!) { user(number: $n) { identityVerification { files { createdAt purgeAt } } } }",
    { n: subject.number },
  );
  const days = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 86_400_000;
  expect(user.identityVerification.files.map(({ createdAt, purgeAt }) => days(createdAt, purgeAt))).toEqual([
    expect.closeTo(14, 1),
    expect.closeTo(14, 1),
    expect.closeTo(14, 1),
  ]);

  await toReview(support, subject);
  const approve = async (page: Page, words: RegExp, name: string) => {
    await page.getByRole("button", { name: "Approve…" }).click();
    await dialog(page, /^Approve/)
      .getByText(words)
      .waitFor();
    await showScreen(page, name, { part: "[role=dialog]" });
    await dialog(page, /^Approve/)
      .getByRole("button", { name: "Approve" })
      .click();
  };
  await approve(support, /^Yours is the first of two approvals\./, "verification-approve-first");
  await decision(support).getByText("Somebody else has to approve too.").waitFor();
  await showScreen(support, "verification-first", { tall: true });
  await toReview(support, subject);
  await decision(support)
    .getByText(/^You approved this on .* Somebody else has to approve it too/)
    .waitFor();
  expect(await decision(support).getByRole("button").allInnerTexts()).toEqual(["Reject…"]);
  await showScreen(support, "verification-approved-already", { tall: true });

  await admin.goto("/admin/verifications");
  await queue(admin).getByText("Needs a second reviewer").waitFor();
  await showScreen(admin, "verification-queue-second");
  await toReview(admin, subject);
  await admin.getByText("One reviewer approved this.").waitFor();
  await showScreen(admin, "verification-second", { tall: true });
  await approve(admin, /^The approval holds until .*20\d\d \(30 days\)\.$/, "verification-approve-second");
  await decision(admin).getByText(`${subject.name} is approved.`).waitFor();
  await roster.mail(subject.email, "Your identity is confirmed");

  await toUser(admin, subject);
  expect(await status(admin).innerText()).toBe("Approved");
  const until = await section(admin)
    .locator("dt", { hasText: "Until" })
    .locator("xpath=following-sibling::dd[1]")
    .innerText();
  expect(days(new Date().toISOString(), `${until} UTC`)).toBeCloseTo(30, 1);
  const history = section(admin).getByRole("list", { name: "History" });
  await history.getByText("Approved by the first of two reviewers").waitFor();
  await showScreen(admin, "verification-approved", { tall: true });
});

test("a review in Arabic runs from right to left, and pictures are moved as everywhere", async () => {
  await order(admin, other, "B-2");
  await sendPictures(otherCustomer, other.name);
  const page = await enter(colleague("Support Operator"), inArabic);
  await page.goto("/admin/verifications");
  await page.getByRole("table").getByRole("link", { name: other.name }).waitFor();
  await showScreen(page, "ar-verification-queue");
  await toReview(page, other, ["وجه الوثيقة", "صورة ذاتية", "ظهر الوثيقة"]);
  expect(await page.locator("html").getAttribute("dir")).toBe("rtl");
  await showScreen(page, "ar-verification-review", { tall: true });
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth), "nothing sticks out").toBeLessThanOrEqual(
    390,
  );
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.reload();
  const front = figure(page, "وجه الوثيقة");
  const held = front.getByRole("region");
  // Keys enlarge what is there already.
  await expect.poll(() => front.getByRole("img").evaluate((image) => image.clientWidth)).toBeGreaterThan(100);
  await held.focus();
  for (const key of ["+", "+", "+"]) await page.keyboard.press(key);
  const left = () => held.evaluate((window) => window.scrollLeft);
  await expect.poll(left, { message: "enlarged about its middle" }).toBeGreaterThan(50);
  const middle = await left();
  await page.keyboard.press("ArrowRight");
  await expect.poll(left).toBeGreaterThan(middle);
  await page.getByRole("button", { name: "رفض…" }).click();
  await page.getByRole("dialog").waitFor();
  await showScreen(page, "ar-verification-reject", { part: "[role=dialog]" });
  await page.keyboard.press("Escape");
  await page.goto(`/admin/users/${other.number}`);
  const part = page.getByRole("region", { name: "التحقق من الهوية" });
  await part.getByRole("listitem").first().waitFor();
  await part.scrollIntoViewIfNeeded();
  await showScreen(page, "ar-verification-user", { tall: true });
});

test("who had all their tries has to be asked anew", async () => {
  await toReview(admin, other);
  await admin.getByRole("button", { name: "Reject…" }).click();
  const reject = dialog(admin, /^Reject/);
  await reject.getByLabel("Cause").selectOption("A picture can’t be read");
  await reject.getByRole("button", { name: "Reject" }).click();
  await decision(admin).getByText("was rejected.").waitFor();
  await toUser(admin, other);
  await expect
    .poll(() =>
      section(admin).locator("dt", { hasText: "Tries left" }).locator("xpath=following-sibling::dd[1]").innerText(),
    )
    .toBe("0");
  const refused = await otherCustomer.evaluate(async () => {
    const body = new Blob(["another try"], { type: "image/jpeg" });
    return (
      await fetch("/verification-files?kind=FRONT", { method: "POST", headers: { "content-type": body.type }, body })
    ).status;
  });
  expect(refused).toBe(403);
  await section(admin).getByRole("button", { name: "Initiate…" }).click();
  await dialog(admin, /^Ask/).getByRole("button", { name: "Send the mail" }).click();
  await expect.poll(() => status(admin).innerText()).toBe("Requested");
  await sendPictures(otherCustomer, other.name);
});

/** Where it shows, to who may see it: in the navigation, in the list as a column and a filter, and on a user's page. */
async function expectNothingOf(page: Page, name: string) {
  await page.goto("/admin/users");
  await page.getByRole("table", { name: "Manage Users" }).locator("tr[data-index]").nth(5).waitFor();
  const navigation = page.getByRole("navigation", { name: "Main navigation" });
  await navigation.getByRole("link", { name: "Manage Users" }).waitFor();
  expect(await navigation.getByRole("link", { name: "Identity verification" }).count()).toBe(0);
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Last sign-in" }).waitFor();
  expect(await page.getByRole("menuitemcheckbox", { name: "Identity verification" }).count()).toBe(0);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.getByLabel("Security question").waitFor();
  expect(await page.getByLabel("Identity verification").count()).toBe(0);
  await page.keyboard.press("Escape");
  await page.goto(`/admin/users/${other.number}`);
  await page.getByRole("region", { name: "Accounts" }).getByRole("link").first().waitFor();
  expect(await section(page).count()).toBe(0);
  await showScreen(page, `verification-${name}-user`, { widths: [1440], tall: true });
}

test("staff without the permission see nothing of it, and get no document by its address", async () => {
  const { user } = await ask<{ user: { identityVerification: { files: { name: string }[] } } }>(
    admin,
    "query Files($n: Int!) { user(number: $n) { identityVerification { files { name } } } }",
    { n: other.number },
  );
  const sally = await open("Sales Operator");
  await expectNothingOf(sally, "sally");
  for (const path of ["/admin/verifications", `/admin/verifications/${other.number}`]) {
    await sally.goto(path);
    await sally.getByText("You can’t open this page").waitFor();
  }
  await showScreen(sally, "verification-denied", { widths: [1440] });
  const statuses = await sally.evaluate(
    (names) => Promise.all(names.map(async (name) => (await fetch(`/verification-files/${name}`)).status)),
    user.identityVerification.files.map(({ name }) => name),
  );
  expect(statuses).toEqual([404, 404, 404]);
});

test("where it is switched off, nobody sees anything of it and orders ask nobody", async () => {
  await save(1, (rules) => rules.getByRole("checkbox", { name: "Ask users to prove who they are" }).uncheck());
  await expectNothingOf(admin, "off");
  await admin.goto(`/admin/verifications/${other.number}`);
  await admin.getByText("Identity verification is switched off").waitFor();
  await admin.goto("/admin/verifications");
  await admin.getByText("Identity verification is switched off").waitFor();
  expect(await queue(admin).count()).toBe(0);
  await showScreen(admin, "verification-off");
  await admin.goto(`/admin/accounts/${other.memberships.nodes[0]?.account.number}?tab=orders`);
  await admin.getByRole("listitem").filter({ hasText: "B-2" }).waitFor();
  expect(await admin.getByText("Verification required").count()).toBe(0);
  await admin.getByRole("button", { name: "Record an order" }).click();
  const record = dialog(admin, "Record an order");
  await record.getByLabel("Placed by").waitFor();
  expect(await record.getByRole("checkbox").count()).toBe(0);
  await record.getByRole("button", { name: "Cancel" }).click();

  await save(1, (rules) => rules.getByRole("checkbox", { name: "Ask users to prove who they are" }).check());
  await admin.goto("/admin/verifications");
  await queue(admin).getByRole("link", { name: other.name }).waitFor();
});

test("nothing went wrong behind the scenes", () => expect(visits.flatMap(({ faults }) => faults)).toEqual([]));
