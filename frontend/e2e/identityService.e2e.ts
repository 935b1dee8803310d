// Proving who one is on the page of a service: left, failed, tried again, and back before or after the result.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, showScreen, type Visit, visit } from "./browser";
import { ask, order, type Subject, subjectsOf } from "./proofs";
import { freePort, type Login, type Roster, startWithSample } from "./roster";
import { pick, signIn } from "./signIn";
import { keys, startStripe } from "./stripe";

let roster: Roster;
let browser: Browser;
let stripe: string;
let endStripe: () => Promise<void>;
const visits: Visit[] = [];
let staff: Page;
let admin: Login;
let patient: Subject;
let quick: Subject;

beforeAll(async () => {
  const port = await freePort();
  stripe = `http://127.0.0.1:${port}`;
  const started = await startWithSample(40, 12, { ROSTER_STRIPE_URL: stripe });
  roster = started.roster;
  endStripe = await startStripe(port, `${roster.url}/identity-notices/stripe`);
  browser = await launch();
  admin = pick(started.logins, ({ role }) => role === "Full Administrator");
  staff = await arrive(admin, "/admin/users");
  [patient, quick] = (await subjectsOf(staff, started.logins, 2)) as [Subject, Subject];
});

afterAll(async () => {
  await browser.close();
  await endStripe();
  await roster.stop();
});

async function arrive(who: Login, path: string): Promise<Page> {
  const one = await visit(browser, roster.url, { beside: stripe });
  visits.push(one);
  await one.page.goto(`/sign-in?return_to=${encodeURIComponent(path)}`);
  await signIn(one.page, who);
  await one.page.waitForURL(`**${path}`);
  return one.page;
}

/** An order of theirs asks who they are, and they go where it is asked. */
async function summoned(who: Subject, number: string): Promise<Page> {
  await order(staff, who, number);
  await roster.mail(who.email, "Please prove who you are");
  return arrive(who, "/identity");
}

/** Lets staff do something that must not be refused. */
async function act(mutation: string, type: string, input: object) {
  const answer = await ask<Record<string, { userErrors: unknown[] }>>(
    staff,
    `mutation($i: ${type}!) { ${mutation}(input: $i) { userErrors { field code } } }`,
    { i: input },
  );
  expect(answer[mutation]?.userErrors).toEqual([]);
}

async function go(customer: Page) {
  await customer.getByRole("button", { name: "Go to Stripe" }).click();
  await customer.getByRole("heading", { name: "Stripe on this machine" }).waitFor();
}

test("staff put the service to use", async () => {
  await act("confirmIdentity", "ConfirmIdentityInput", { password: admin.password });
  await act("setIdentityProviderSecrets", "SetIdentityProviderSecretsInput", { provider: "STRIPE", secrets: keys });
  await act("updateSettings", "UpdateSettingsInput", { identityVerification: { provider: "STRIPE" } });
});

test("left without an answer, failed, tried again, and back before the result", async () => {
  const customer = await summoned(patient, "S-1");
  await customer.getByText("Stripe checks your document and your face on its own page").waitFor();
  await showScreen(customer, "identity-service", { tall: true });

  // Gone and back without an answer: the page asks for a while, then says that nobody need wait.
  await go(customer);
  await customer.goBack();
  await customer.getByText("If you finished there, the result is on its way.").waitFor();
  await showScreen(customer, "identity-awaited");
  await customer.getByText("No result has come yet.").waitFor({ timeout: 30_000 });
  await showScreen(customer, "identity-late", { widths: [390] });

  await go(customer);
  await customer.getByRole("button", { name: "document_expired" }).click();
  await customer.waitForURL(`${roster.url}/identity`);
  await customer.getByText("The document is out of date.").first().waitFor();
  await customer.getByText("You can try 2 more times.").waitFor();
  await roster.mail(patient.email, "We could not confirm who you are");
  expect(await customer.getByText("the result is on its way").count(), "it is there").toBe(0);
  await showScreen(customer, "identity-service-failed", { tall: true });

  // Stripe's messages count whole seconds; two of one second can't be told apart.
  const failed = Date.now();
  await expect.poll(() => Date.now() - failed, { interval: 100 }).toBeGreaterThan(1000);
  const tell = async () => expect((await fetch(`${stripe}/held`, { method: "POST" })).status).toBe(204);
  await go(customer);
  await customer.getByRole("checkbox", { name: /later/ }).check();
  await customer.getByRole("button", { name: "Verify" }).click();
  await customer.waitForURL(`${roster.url}/identity`);
  await customer.getByText("If you finished there, the result is on its way.").waitFor();
  await tell();
  await customer.getByText(/Stripe has been checking it since/).waitFor();
  await showScreen(customer, "identity-checked", { widths: [390], tall: true });
  await tell();
  await customer.getByText(/We confirmed who you are on/).waitFor();
  expect(await customer.getByText("the result is on its way").count()).toBe(0);
  await roster.mail(patient.email, "Your identity is confirmed");
  await showScreen(customer, "identity-service-approved", { widths: [390], tall: true });
});

test("who is verified there finds it here on the return", async () => {
  const customer = await summoned(quick, "S-2");
  await go(customer);
  await customer.getByRole("button", { name: "Verify" }).click();
  await customer.waitForURL(`${roster.url}/identity`);
  await customer.getByText(/We confirmed who you are on/).waitFor();
  await roster.mail(quick.email, "Your identity is confirmed");
});

test("nothing went wrong behind the scenes", () => expect(visits.flatMap(({ faults }) => faults)).toEqual([]));
