// Two browsers of one user: a mail tells of the second one, each sees the other, one signs the other out; the history
// lists what happened, and the file with one's own data holds it too.
import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, showScreen, type Visit, visit } from "./browser";
import { type Login, type Roster, startWithSample } from "./roster";
import { pick, signIn } from "./signIn";

let roster: Roster;
let browser: Browser;
let me: Login;
let laptop: Visit;
let phone: Visit;

beforeAll(async () => {
  const sample = await startWithSample(50, 20);
  roster = sample.roster;
  me = pick(sample.logins, ({ role, totp }) => !role && !totp);
  browser = await launch();
  laptop = await visit(browser, roster.url);
  phone = await visit(browser, roster.url, {
    userAgent:
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
  });
});

afterAll(async () => {
  await browser.close();
  await roster.stop();
});

const subject = "New sign-in with an unknown device or from an unknown network";

test("a mail tells of each device that was not used before, and leads to the list", async () => {
  await laptop.page.goto("/sign-in");
  await signIn(laptop.page, me);
  await laptop.page.getByRole("heading", { name: "Your account" }).waitFor();
  expect((await roster.mail(me.email, subject)).text).toContain("Chrome on Linux");

  await phone.page.goto("/sign-in");
  await signIn(phone.page, { ...me, password: "not my password at all" });
  await phone.page.getByText("Email address and password don’t go together").waitFor();
  await signIn(phone.page, me);
  await phone.page.getByRole("heading", { name: "Your account" }).waitFor();
  const mail = await roster.mail(me.email, subject);
  expect(mail.text).toContain("Safari on iPhone");
  expect(mail.text).toContain(`${roster.url}/security`);

  expect(phone.faults).toEqual([]);
});

test("each device is listed with the words of people, and one signs the other out", async () => {
  const { page, faults } = laptop;
  await page.goto("/security");
  const sessions = page.getByRole("region", { name: "Sessions and devices" });
  await sessions.getByText("Safari on iPhone").waitFor();
  await sessions.getByText("This session").waitFor();
  const history = page.getByRole("region", { name: "Sign-in history" });
  expect(await history.getByRole("listitem").allTextContents()).toEqual([
    expect.stringContaining("Signed inSafari on iPhone"),
    expect.stringContaining("Wrong passwordSafari on iPhone"),
    expect.stringContaining("Signed inChrome on Linux"),
  ]);
  await showScreen(page, "security-sessions", { tall: true });
  await sessions.getByRole("button", { name: /^Sign out Safari on iPhone/ }).click();
  const question = page.getByRole("dialog", { name: "Sign out this device?" });
  await question.waitFor();
  await showScreen(page, "session-end");
  await question.getByRole("button", { name: "Sign out" }).click();
  await page.getByText("Safari on iPhone is signed out.").waitFor();
  await expect.poll(() => sessions.getByRole("listitem").count()).toBe(1);

  await phone.page.goto("/security");
  await phone.page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect(faults).toEqual([]);
});

test("everywhere else is one button", async () => {
  const { page, faults } = laptop;
  await signIn(phone.page, me);
  await phone.page.getByRole("heading", { name: "Security", exact: true }).waitFor();
  await page.goto("/security");
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  const question = page.getByRole("dialog", { name: "Sign out everywhere else?" });
  await question.getByText("1 other session ends. This one stays.").waitFor();
  await question.getByRole("button", { name: "Sign out everywhere else" }).click();
  await page.getByText("1 other session was ended.").waitFor();
  await phone.page.reload();
  await phone.page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect(faults).toEqual([]);
});

test("one’s own data are a file, after a fresh proof of identity", async () => {
  const { page, faults } = laptop;
  await page.goto("/profile");
  const part = page.getByRole("region", { name: "Your data" });
  await part.scrollIntoViewIfNeeded();
  await showScreen(page, "profile-own-data", { tall: true });
  await part.getByRole("button", { name: "Download my data" }).click();
  const proof = page.getByRole("dialog", { name: "Confirm it’s you" });
  await proof.getByLabel("Password", { exact: true }).fill(me.password);
  const downloading = page.waitForEvent("download");
  await proof.getByRole("button", { name: "Confirm" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^roster-user-\d+-\d{4}-\d\d-\d\d\.json$/);
  const data = JSON.parse(await readFile(await download.path(), "utf8"));
  expect(data.profile.email).toBe(me.email);
  expect(data.sessions).toHaveLength(1);
  expect(data.signIns).toHaveLength(4);
  await page.getByText("Your data are downloaded as").waitFor();
  expect(faults).toEqual([]);
});
