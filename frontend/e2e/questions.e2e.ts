// Security questions from the list to the check of a caller, and the pages of settings and mails.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, showScreen, type Visit, visit } from "./browser";
import { type Roster, startRoster } from "./roster";

interface Person {
  email: string;
  password: string;
  role?: string;
  totp?: string;
  answer?: string;
}

let roster: Roster;
let browser: Browser;
let people: Person[] = [];
const visits: Visit[] = [];

beforeAll(async () => {
  roster = await startRoster((command) => {
    people = JSON.parse(
      command("demo", "--users", "60", "--accounts", "30", "--seed", "1", "--print-secrets", "--json"),
    );
  });
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  await roster.stop();
});

const someone = (wanted: (person: Person) => unknown): Person => {
  const found = people.find(wanted);
  if (!found) throw new Error("nobody of the sample data is like that");
  return found;
};

async function enter({ email, password }: Person): Promise<Page> {
  const one = await visit(browser, roster.url);
  visits.push(one);
  await one.page.goto("/sign-in");
  await one.page.getByLabel("Email address").fill(email);
  await one.page.getByLabel("Password", { exact: true }).fill(password);
  await one.page.getByRole("button", { name: "Sign in", exact: true }).click();
  await one.page.getByRole("main").waitFor();
  await one.page.waitForURL((url) => url.pathname !== "/sign-in");
  return one.page;
}

/** Gives the password to the dialog that asks for a fresh proof. */
async function prove(page: Page, { password }: Person) {
  const dialog = page.getByRole("dialog", { name: "Confirm it’s you" });
  await dialog.getByLabel("Password", { exact: true }).fill(password);
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await dialog.waitFor({ state: "hidden" });
}

/** The number of a user, found by the address. */
async function openUser(page: Page, email: string) {
  await page.goto("/admin/users");
  await page.getByRole("searchbox", { name: "Search users" }).fill(email);
  await page.getByText("1 user", { exact: true }).waitFor();
  await page.getByRole("row").nth(1).getByRole("link").click();
  await page.getByRole("heading", { name: "Sign-in" }).waitFor();
}

let admin: Page;
let customer: Page;

test("staff keep the list", async () => {
  admin = await enter(someone(({ role }) => role === "Full Administrator"));
  await admin.goto("/admin/security-questions");
  await admin.getByRole("button", { name: "Add question" }).click();
  const dialog = admin.getByRole("dialog");
  await dialog.getByLabel("English").fill("Which book did you read first?");
  await dialog.getByLabel("German").fill("Welches Buch haben Sie zuerst gelesen?");
  await showScreen(admin, "question-dialog");
  await dialog.getByRole("button", { name: "Add" }).click();
  await admin.getByText("The question was saved.").waitFor();

  // To the top of the list by keyboard alone: the button stays under the fingers.
  const up = admin.getByRole("button", { name: "Move up: Which book did you read first?" });
  await up.focus();
  for (let place = (await admin.getByRole("button", { name: /^Move up/ }).count()) - 1; place > 0; place--) {
    await admin.keyboard.press("Enter");
    await admin.getByText(`Which book did you read first? is now number ${place} of`).waitFor({ state: "attached" });
  }
  expect(await up.isDisabled()).toBe(true);
  const top = admin
    .getByRole("listitem")
    .filter({ has: admin.getByRole("button", { name: /^Move up/ }) })
    .first();
  expect(await top.textContent()).toContain("Which book did you read first?");
  await showScreen(admin, "questions");

  // One in use stays, and says how many have it.
  const used = admin
    .getByRole("listitem")
    .filter({ hasText: /Chosen by \d+ user/ })
    .first();
  await used.getByRole("button", { name: /^Actions for/ }).click();
  await admin.getByRole("menuitem", { name: "Delete…" }).click();
  await admin.getByRole("button", { name: "Delete", exact: true }).click();
  await admin.getByText(/ha(s|ve) chosen this question, so it stays/).waitFor();
  await showScreen(admin, "question-in-use");
  await admin.getByRole("button", { name: "Cancel" }).click();
});

test("a customer chooses a question, and changes it with the present answer only", async () => {
  const me = someone(({ role, totp, answer }) => !role && !totp && !answer);
  customer = await enter(me);
  await customer.goto("/security");
  await customer.getByRole("button", { name: "Choose a question" }).click();
  const dialog = customer.getByRole("dialog", { name: "Choose a security question" });
  await dialog.getByLabel("Answer").fill("no");
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await prove(customer, me);
  await dialog.getByText("An answer needs at least 3 characters.").waitFor();
  await showScreen(customer, "own-question-dialog");
  await dialog.getByLabel("Answer").fill("The Hobbit");
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await customer.getByText("Which book did you read first?").waitFor();
  expect((await roster.mail(me.email)).subject).toBe("Your security question was set");
  await showScreen(customer, "own-question");

  await customer.getByRole("button", { name: "Change", exact: true }).click();
  const change = customer.getByRole("dialog", { name: "Change your security question" });
  await change.getByLabel("Your present answer").fill("Dune");
  await change.getByLabel("Answer", { exact: true }).fill("Treasure Island");
  await change.getByRole("button", { name: "Save", exact: true }).click();
  await change.getByText("The answer is not right").waitFor();
  await change.getByLabel("Your present answer").fill(" the  HOBBIT ");
  await change.getByRole("button", { name: "Save", exact: true }).click();
  await change.waitFor({ state: "hidden" });
  expect((await roster.mail(me.email)).subject).toBe("Your security question was set");
});

test("staff check what a caller says, see a lock and clear it, and remove the question", async () => {
  const me = someone(({ role, totp, answer }) => !role && !totp && !answer);
  await openUser(admin, me.email);
  await admin.getByRole("button", { name: "Check answer…" }).click();
  const dialog = admin.getByRole("dialog", { name: "Check a caller’s answer" });
  const says = async (answer: string, result: string) => {
    await dialog.getByLabel("What the caller says").fill(answer);
    await dialog.getByRole("button", { name: "Check", exact: true }).click();
    await dialog.getByText(result, { exact: true }).waitFor();
  };
  await says("treasure island", "It matches");
  await showScreen(admin, "check-answer");
  for (let wrong = 0; wrong < 9; wrong++) {
    await says("the hobbit", "No match");
    await dialog.getByLabel("What the caller says").fill("");
  }
  await says("Treasure Island", "No match");
  await dialog.getByRole("button", { name: "Close" }).last().click();

  await admin.reload();
  await admin.getByRole("heading", { name: "Codes and answers are locked" }).waitFor();
  await showScreen(admin, "user-locked");
  await admin.getByRole("button", { name: "Unlock" }).click();
  await admin.getByRole("heading", { name: "Codes and answers are locked" }).waitFor({ state: "hidden" });
  await admin.getByRole("button", { name: "Check answer…" }).click();
  // The wrong answers of a day go on counting: nobody finds one out by unlocking.
  await says("Treasure Island", "No match");
  await dialog.getByRole("button", { name: "Close" }).last().click();

  await admin.getByRole("button", { name: "Remove…" }).click();
  await admin.getByLabel("Reason").fill("Forgot the answer, called in");
  await admin.getByRole("button", { name: "Remove", exact: true }).click();
  await prove(
    admin,
    someone(({ role }) => role === "Full Administrator"),
  );
  await admin.getByText("Not set. Only the user can set one.").waitFor();
  expect((await roster.mail(me.email)).subject).toBe("Your security question was removed");
});

test("the customer chooses a new pair without the old answer, and removes it", async () => {
  const me = someone(({ role, totp, answer }) => !role && !totp && !answer);
  await customer.reload();
  await customer.getByRole("button", { name: "Choose a question" }).click();
  const dialog = customer.getByRole("dialog", { name: "Choose a security question" });
  expect(await dialog.getByLabel("Your present answer").count()).toBe(0);
  await dialog.getByLabel("Answer").fill("Moby Dick");
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  expect((await roster.mail(me.email)).subject).toBe("Your security question was set");
  await customer.getByRole("button", { name: "Remove", exact: true }).click();
  await customer.getByLabel("Your present answer").fill("moby dick");
  await customer.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
  await customer.getByText("You have not chosen one.").waitFor();
  expect((await roster.mail(me.email)).subject).toBe("You removed your security question");
});

test("settings are searched, reviewed and saved", async () => {
  await admin.goto("/admin/settings");
  await admin.getByRole("checkbox", { name: "Registration" }).waitFor();
  await showScreen(admin, "settings");
  await admin.getByRole("searchbox", { name: "Search settings" }).fill("role");
  await admin.getByRole("checkbox", { name: "Auditor" }).check();
  expect(await admin.getByRole("checkbox", { name: "Registration" }).count()).toBe(0);
  await admin.getByRole("searchbox", { name: "Search settings" }).fill("");
  await admin.getByLabel("Company").fill("Letterbox & Sons");
  await admin.getByLabel("Days of grace").fill("14");
  await admin.getByRole("checkbox", { name: "Required for everyone" }).check();
  await admin.getByRole("checkbox", { name: "Time zone" }).check();
  await admin.getByText("5 changes").waitFor();
  await showScreen(admin, "settings-changed");
  await admin.getByRole("button", { name: "Review and save" }).click();
  const dialog = admin.getByRole("dialog", { name: "Save these 5 changes?" });
  await dialog.getByText("Letterbox & Sons").waitFor();
  await showScreen(admin, "settings-save");
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await admin.getByText("The settings were saved.").waitFor();
  // The name stands in the frame at once.
  await admin.getByRole("link", { name: "Letterbox & Sons" }).waitFor();
  await admin.reload();
  expect(await admin.getByRole("checkbox", { name: "Auditor" }).isChecked()).toBe(true);
  expect(await admin.getByLabel("Days of grace").inputValue()).toBe("14");
});

test("staff see every mail, as a page and as text", async () => {
  await admin.goto("/admin/mail");
  // Nothing runs in the frame, so nothing can be asked of it; the server says what it shows.
  const shown = async (subject: string) => {
    const frame = admin.getByTitle(`Preview: ${subject}`);
    await frame.waitFor();
    const page = await admin.request.get((await frame.getAttribute("src")) ?? "");
    expect(page.headers()["content-security-policy"]).toContain("sandbox");
    return page.text();
  };
  expect(await shown("Set a new password")).toContain("#sample");
  await admin.getByRole("radio", { name: "German" }).check();
  await admin.getByRole("link", { name: "Ihre E-Mail-Adresse wurde geändert" }).first().click();
  expect(await shown("Ihre E-Mail-Adresse wurde geändert")).toContain("Letterbox &amp; Sons");
  await admin.getByRole("radio", { name: "Plain text" }).check();
  await admin.getByText("Guten Tag Maria Sample").waitFor();
  await showScreen(admin, "mail-text");
});

test("nothing went wrong behind the scenes", () => expect(visits.flatMap(({ faults }) => faults)).toEqual([]));
