// Accounts and the people in them: an owner invites, the guest registers from the mailed link and sees just what was
// granted; permissions change in the grid, the ownership is handed over, the former owner leaves; staff bring people in,
// make owners, send invitations anew and take them back, and still can when customers can't.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, showScreen, type Visit, visit } from "./browser";
import { type Roster, startWithSample } from "./roster";
import { pick, prove, signIn } from "./signIn";

const guest = "nia@guest.example";
const password = "correct staple horse 9";

let roster: Roster;
let browser: Browser;
const visits: Visit[] = [];
let staff: Page;
let owner: Page;
let invited: Page;
/** The number of the account that the journey makes. */
let number = "";

beforeAll(async () => {
  const { roster: started, logins } = await startWithSample(40, 12);
  roster = started;
  browser = await launch();
  [staff, owner, invited] = [await open(), await open(), await open()];
  await staff.goto("/sign-in");
  await signIn(
    staff,
    pick(logins, ({ role }) => role === "Full Administrator"),
  );
  await staff.waitForURL("**/admin/users");
});

afterAll(async () => {
  await browser.close();
  await roster.stop();
});

const open = async (): Promise<Page> => {
  const one = await visit(browser, roster.url);
  visits.push(one);
  return one.page;
};

/** The link of the next mail to the address, which has to be about this. */
async function link(to: string, subject: string): Promise<string> {
  const mail = await roster.mail(to, subject);
  return new RegExp(`${roster.url}/\\S+#[\\w-]+`).exec(mail.text ?? "")?.[0] ?? "";
}

/** Opens a link as a new page would; in the same one only the hash would change. */
async function follow(page: Page, to: string) {
  await page.goto("about:blank");
  await page.goto(to);
}

const tab = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Parts of the account" }).getByRole("link", { name }).click();

const menu = async (page: Page, name: string, item: string) => {
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: item }).click();
};

test("staff make an account with a new owner, who sets a password by the mailed link", async () => {
  await staff.getByRole("link", { name: "Accounts", exact: true }).click();
  await staff.getByRole("heading", { name: "Accounts", level: 1 }).waitFor();
  await staff.getByRole("row").nth(1).waitFor();
  await showScreen(staff, "accounts");
  await staff.getByRole("button", { name: "Create account" }).click();
  const dialog = staff.getByRole("dialog", { name: "Create an account" });
  await dialog.getByLabel("Name of company or person").fill("Northwind Traders");
  await dialog.getByLabel("Billing email").fill("billing@northwind.example");
  await dialog.getByText("New user").click();
  await dialog.getByRole("button", { name: "Create", exact: true }).click();
  await dialog.getByText("A name is needed here.").or(dialog.getByText("This is needed.")).first().waitFor();
  await dialog.getByLabel("First name").fill("Olga");
  await dialog.getByLabel("Last name").fill("North");
  await dialog.getByLabel("Email address of the owner").fill("olga@northwind.example");
  await dialog.getByRole("button", { name: "Create", exact: true }).click();
  await staff.getByRole("heading", { name: "Northwind Traders" }).waitFor();
  number = new URL(staff.url()).pathname.split("/").at(-1) ?? "";
  await showScreen(staff, "account");

  await follow(owner, await link("olga@northwind.example", "Welcome to Roster: set your password"));
  await owner.getByLabel("New password", { exact: true }).waitFor();
  await showScreen(owner, "first-password");
  await owner.getByLabel("New password", { exact: true }).fill(password);
  await owner.getByRole("button", { name: "Set password" }).click();
  await owner.getByRole("heading", { name: "Your password is set" }).waitFor();
  await owner.goto("/sign-in");
  await signIn(owner, { email: "olga@northwind.example", password });
  await owner.getByRole("heading", { name: "Your account" }).waitFor();
});

test("an owner invites a new address, the guest registers on that page and sees just what was granted", async () => {
  await owner.goto("/accounts");
  await owner.getByRole("link", { name: "Northwind Traders" }).click();
  await owner.getByRole("heading", { name: "Northwind Traders" }).waitFor();
  await showScreen(owner, "own-account");
  await tab(owner, "User Management");
  await owner.getByRole("heading", { name: "Olga North" }).waitFor();
  await owner.getByRole("button", { name: "Invite user" }).click();
  const dialog = owner.getByRole("dialog", { name: "Invite a user" });
  await dialog.getByLabel("Email address").fill(guest);
  await dialog.getByRole("button", { name: "Send invitation" }).click();
  await dialog.getByText("Choose at least one permission.").waitFor();
  await dialog.getByRole("checkbox", { name: "View Emails" }).check();
  await dialog.getByLabel(/^Ends/).fill("2020-01-31");
  await dialog.getByRole("button", { name: "Send invitation" }).click();
  await dialog.getByText("Choose today or a later day.").waitFor();
  await showScreen(owner, "invite", { part: "[role=dialog]" });
  await dialog.getByLabel(/^Ends/).fill("");
  await dialog.getByRole("button", { name: "Send invitation" }).click();
  await owner.getByText(`The invitation to ${guest} is on its way.`).waitFor();
  await owner.getByText(guest, { exact: true }).waitFor();
  await owner.getByText("Mail was sent").waitFor();
  await showScreen(owner, "own-users", { tall: true });

  // The same address again: it offers to send the open one anew.
  await owner.getByRole("button", { name: "Invite user" }).click();
  await dialog.getByLabel("Email address").fill(guest.toUpperCase());
  await dialog.getByRole("button", { name: "Everything" }).click();
  await dialog.getByRole("button", { name: "Send invitation" }).click();
  await dialog.getByText(`An invitation to ${guest} is open already.`).waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();

  await follow(invited, await link(guest, "Olga North invites you to “Northwind Traders”"));
  await invited.getByText("Olga North invites you to the account “Northwind Traders”.").waitFor();
  expect(invited.url(), "the token has left the address bar").toBe(`${roster.url}/invitation`);
  await showScreen(invited, "invitation");
  await invited.getByRole("button", { name: "I am new here" }).click();
  await invited.getByLabel("First name").fill("Nia");
  await invited.getByLabel("Last name").fill("Guest");
  await invited.getByLabel("Password", { exact: true }).fill(password);
  await invited.getByLabel("Security question").selectOption({ index: 1 });
  await invited.getByLabel("Your answer").fill("Bella Ciao");
  await showScreen(invited, "invitation-register", { tall: true });
  await invited.getByRole("button", { name: "Register", exact: true }).click();
  await invited.getByText(`You are signed in as ${guest}.`).waitFor();
  await showScreen(invited, "invitation-answer");
  await invited.getByRole("button", { name: "Accept" }).click();
  await invited.waitForURL(`**/accounts/${number}`);
  await invited.getByRole("heading", { name: "Northwind Traders" }).waitFor();

  // What was granted is open, the rest is denied with the right words.
  await tab(invited, "Mails");
  await invited.getByText("Olga North invites you to “Northwind Traders”").waitFor();
  await showScreen(invited, "own-emails");
  await invited.goto(`/accounts/${number}?tab=orders`);
  await invited
    .getByText("It needs the permission “Place New Orders/Upgrades/Cancellations” in this account.")
    .waitFor();
  await invited.getByText("olga@northwind.example").waitFor();
  await showScreen(invited, "account-denied");
  expect((await roster.mail("olga@northwind.example", "Nia Guest has joined “Northwind Traders”")).text).toContain(
    "Nia",
  );
});

test("the link works once, and says so kindly", async () => {
  const page = await open();
  await page.goto("/invitation#inv_short");
  await page.getByRole("heading", { name: "We do not know this link" }).waitFor();
  await showScreen(page, "invitation-unknown", { widths: [390] });
});

test("the owner changes permissions in the grid, hands over the ownership, and leaves", async () => {
  await tab(owner, "Access grid");
  await owner.getByRole("checkbox", { name: "Nia Guest: Manage Users" }).check();
  await owner.keyboard.press("ArrowRight");
  await owner.keyboard.press("Space");
  await owner.getByText("1 row changed").waitFor();
  await showScreen(owner, "grid");
  await owner.getByRole("button", { name: "Review and save" }).click();
  const review = owner.getByRole("dialog");
  await review.getByText("Gives: Manage Users").waitFor();
  await review.getByText("Gives: View Products & Services").waitFor();
  await showScreen(owner, "grid-review", { widths: [390], part: "[role=dialog]" });
  await review.getByRole("button", { name: "Save", exact: true }).click();
  await owner.getByText("1 row was saved.").waitFor();
  await roster.mail(guest, "What you may do in “Northwind Traders” has changed");

  await invited.reload();
  await tab(invited, "User Management");
  await invited.getByRole("heading", { name: "Olga North" }).waitFor();
  expect(
    await invited.getByRole("button", { name: "Actions for Olga North" }).count(),
    "the owner is untouchable",
  ).toBe(0);

  await tab(owner, "User Management");
  await menu(owner, "Nia Guest", "Hand over ownership…");
  await owner.getByRole("dialog").getByRole("button", { name: "Offer", exact: true }).click();
  await prove(owner, password);
  await owner.getByText("Nia Guest was offered the account.").waitFor();
  await owner.getByText("Offered to Nia Guest").waitFor();
  await showScreen(owner, "own-users-offer", { tall: true });
  await roster.mail(guest, "Olga North offers you the account “Northwind Traders”");

  await invited.goto("/accounts");
  await invited.getByRole("heading", { name: "You are offered the ownership" }).waitFor();
  await showScreen(invited, "ownership-offered");
  await invited.getByRole("button", { name: "Accept", exact: true }).click();
  await prove(invited, password);
  await invited.getByText("You now own Northwind Traders.").waitFor();
  await roster.mail("olga@northwind.example", "“Northwind Traders” has a new owner");

  await owner.goto(`/accounts/${number}`);
  await owner.getByRole("button", { name: "Leave…" }).click();
  await owner
    .getByRole("dialog", { name: "Leave Northwind Traders?" })
    .getByRole("button", { name: "Leave", exact: true })
    .click();
  await owner.getByText("You have left Northwind Traders.").waitFor();
  await owner.getByText("No accounts").first().waitFor();
  await showScreen(owner, "no-accounts");
  await owner.goto(`/accounts/${number}`);
  await owner.getByText("This account is none of yours").waitFor();
});

test("staff associate a user, make them the owner, send an invitation anew and cancel it", async () => {
  await staff.goto(`/admin/accounts/${number}?tab=users`);
  await staff.getByRole("button", { name: "Associate user" }).click();
  const dialog = staff.getByRole("dialog", { name: "Associate a user" });
  await dialog.getByRole("combobox", { name: "User" }).fill("olga@north");
  await staff.getByRole("option", { name: /Olga North/ }).click();
  await dialog.getByRole("checkbox", { name: "Send an invitation" }).uncheck();
  await dialog.getByRole("button", { name: "Full access" }).click();
  await showScreen(staff, "associate", { part: "[role=dialog]" });
  await dialog.getByRole("button", { name: "Associate", exact: true }).click();
  await staff.getByText("The user was associated.").waitFor();
  await roster.mail("olga@northwind.example", "You can now reach “Northwind Traders”");
  await menu(staff, "Olga North", "Why?");
  await staff.getByRole("dialog").getByText("The permission was granted.").waitFor();
  await showScreen(staff, "why", { part: "[role=dialog]" });
  await staff.keyboard.press("Escape");
  await menu(staff, "Olga North", "Make owner…");
  await staff.getByRole("dialog").getByRole("button", { name: "Make owner", exact: true }).click();
  await prove(staff, "try roster today");
  await staff.getByText("Olga North now owns Northwind Traders.").waitFor();
  await showScreen(staff, "account-users", { tall: true });

  await staff.getByRole("button", { name: "Associate user" }).click();
  await dialog.getByText("Email address", { exact: true }).first().click();
  await dialog.getByRole("textbox", { name: "Email address" }).fill("late@guest.example");
  await dialog.getByRole("button", { name: "Accountant" }).click();
  await dialog.getByRole("button", { name: "Send invitation" }).click();
  await staff.getByText("The invitation is on its way.").waitFor();
  const first = await link("late@guest.example", "You are invited to “Northwind Traders”");
  await staff.getByText("Mail was sent").or(staff.getByText("Mail is on its way")).first().waitFor();
  await staff.getByRole("button", { name: "Resend" }).click();
  await staff.getByText("Another mail is on its way to late@guest.example.").waitFor();
  const second = await link("late@guest.example", "You are invited to “Northwind Traders”");
  const page = await open();
  await follow(page, first);
  await page.getByRole("heading", { name: "There is a newer mail" }).waitFor();
  await follow(page, second);
  await page.getByRole("heading", { name: "Join “Northwind Traders”" }).waitFor();
  await staff.getByRole("button", { name: "Cancel invitation" }).click();
  const asked = staff.getByRole("dialog", { name: "Cancel this invitation?" });
  await asked.getByText("The link that was mailed to late@guest.example stops working.").waitFor();
  await showScreen(staff, "invitation-cancel", { part: "[role=dialog]" });
  await asked.getByRole("button", { name: "Take it back" }).click();
  await staff.getByText("The invitation to late@guest.example was taken back.").waitFor();
  await follow(page, second);
  await page.getByRole("heading", { name: "This invitation was taken back" }).waitFor();
});

test("with the setting on, customers can't manage users, and staff still can", async () => {
  await staff.goto("/admin/settings");
  await staff.getByRole("checkbox", { name: "Disable Client Area User Management" }).check();
  await staff.getByRole("button", { name: "Review and save" }).click();
  await staff.getByRole("dialog").getByRole("button", { name: "Save", exact: true }).click();
  await staff.getByText("The settings were saved.").waitFor();

  await owner.goto(`/accounts/${number}?tab=users`);
  await owner.getByText("Managing users is switched off here. Please ask our staff.").waitFor();
  await showScreen(owner, "user-management-off", { widths: [390] });
  await staff.goto(`/admin/accounts/${number}?tab=users`);
  await menu(staff, "Nia Guest", "Remove access…");
  await staff.getByRole("dialog").getByRole("button", { name: "Remove access", exact: true }).click();
  await staff.getByText("Nia Guest can no longer reach Northwind Traders.").waitFor();
  await roster.mail(guest, "You can no longer reach “Northwind Traders”");
  await tab(staff, "Activity");
  await staff.getByText("Access to the account was removed").first().waitFor();
  await showScreen(staff, "account-activity", { tall: true });
});

test("an account goes with those who belong to no other one, when staff say so", async () => {
  await staff.goto(`/admin/accounts/${number}`);
  await staff.getByRole("button", { name: "Delete…" }).click();
  const dialog = staff.getByRole("dialog", { name: "Delete Northwind Traders?" });
  await dialog.getByText("the access of 1 user").waitFor();
  await dialog.getByRole("checkbox").check();
  await showScreen(staff, "account-delete", { part: "[role=dialog]" });
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await staff.getByText("Northwind Traders was deleted.").waitFor();
  await staff.goto("/admin/users?q=olga%40northwind.example");
  await staff.getByText("No user matches").waitFor();
  expect(visits.flatMap(({ faults }) => faults)).toEqual([]);
});
