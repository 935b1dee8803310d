// A visitor whose browser says Arabic registers and proves the address by a mail in Arabic; staff who choose Arabic manage
// users in it. Everything runs from right to left, and nothing sticks out of a phone's screen.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, showScreen, type Visit, visit } from "./browser";
import { type Login, type Roster, startWithSample } from "./roster";
import { pick } from "./signIn";

const email = "layla.haddad@mail.example";
const password = "قهوة وجسر ونافذة 7";

let roster: Roster;
let logins: Login[];
let browser: Browser;
const visits: Visit[] = [];

beforeAll(async () => {
  ({ roster, logins } = await startWithSample(60, 30));
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  await roster.stop();
});

const open = async (locale: string): Promise<Page> => {
  const one = await visit(browser, roster.url, { locale });
  visits.push(one);
  return one.page;
};

/** Takes the pictures, after a look at what runs which way and whether a phone shows all of it. */
async function show(page: Page, name: string, { tall = false } = {}) {
  const html = page.locator("html");
  expect([await html.getAttribute("lang"), await html.getAttribute("dir")]).toEqual(["ar", "rtl"]);
  const size = page.viewportSize() ?? { width: 1440, height: 900 };
  await page.setViewportSize({ width: 390, height: 844 });
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth);
  await expect.poll(wide, { message: `${name} on a phone` }).toBeLessThanOrEqual(390);
  await page.setViewportSize(size);
  expect(await page.locator("body").innerText(), "digits are those of the other languages").not.toMatch(/[٠-٩]/);
  await showScreen(page, `ar-${name}`, { tall });
}

async function signIn(page: Page, login: { email: string; password: string }) {
  await page.getByLabel("البريد الإلكتروني").fill(login.email);
  await page.getByLabel("كلمة المرور", { exact: true }).fill(login.password);
  await page.getByRole("button", { name: "تسجيل الدخول", exact: true }).click();
}

let page: Page;

test("a visitor whose browser says Arabic registers", async () => {
  page = await open("ar-EG");
  await page.goto("/sign-in");
  await page.getByRole("heading", { name: "تسجيل الدخول" }).waitFor();
  await show(page, "sign-in");
  await page.getByRole("link", { name: "جديد هنا؟ سجِّل حسابًا" }).click();
  await page.getByLabel("الاسم الأول").fill("ليلى");
  await page.getByLabel("اسم العائلة").fill("حداد");
  await page.getByLabel("البريد الإلكتروني").fill(email);
  await page.getByLabel("سؤال الأمان").selectOption("ما اسم أول حيوان أليف كان لديك؟");
  await page.getByLabel("إجابتك").fill("بسبوسة");
  await page.getByLabel("كلمة المرور", { exact: true }).fill("قصيرة");
  await page.getByRole("button", { name: "تسجيل", exact: true }).click();
  await page.getByText("استخدم 15 حرفًا على الأقل.").waitFor();
  await show(page, "register", { tall: true });
  await page.getByLabel("كلمة المرور", { exact: true }).fill(password);
  await page.getByLabel("كلمة المرور", { exact: true }).press("Enter");
  await page.getByRole("heading", { name: "تفقَّد صندوق بريدك" }).waitFor();
  await show(page, "register-sent");
});

test("the mail is in Arabic, and its link proves the address", async () => {
  const mail = await roster.mail(email);
  expect(mail.subject).toBe("يُرجى تأكيد بريدك الإلكتروني");
  expect(mail.headers.get("content-language")).toBe("ar");
  expect(mail.html).toContain('<html lang="ar" dir="rtl">');
  expect(mail.text).toContain("مرحبًا \u2068ليلى حداد\u2069،");
  const [proof = ""] = new RegExp(`${roster.url}/verify-email#[\\w-]+`).exec(mail.text ?? "") ?? [];

  await page.getByRole("link", { name: "العودة إلى تسجيل الدخول" }).click();
  await signIn(page, { email, password });
  await page.getByText("يُرجى تأكيد عنوان بريدك الإلكتروني").waitFor();
  await show(page, "account-unverified", { tall: true });

  await page.goto("about:blank");
  await page.goto(proof);
  await page.getByRole("button", { name: "تأكيد العنوان" }).click();
  await page.getByRole("heading", { name: "تم تأكيد عنوانك" }).waitFor();
  await show(page, "verify-email-done");
});

test("signs out and in; profile and security speak Arabic", async () => {
  await page.goto("/account");
  await page.getByRole("button", { name: "تسجيل الخروج" }).click();
  await page.getByRole("heading", { name: "تسجيل الدخول" }).waitFor();
  await signIn(page, { email, password: `${password}9` });
  await page.getByText("غير متطابقين").waitFor();
  await signIn(page, { email, password });
  await page.getByRole("heading", { name: "حسابك" }).waitFor();
  await page.getByText("مؤكَّد", { exact: true }).waitFor();
  await show(page, "account", { tall: true });
  await page.goto("/profile");
  await page.getByRole("heading", { name: "ملفك الشخصي" }).waitFor();
  expect(await page.getByLabel("اللغة", { exact: true }).inputValue()).toBe("ar");
  await show(page, "profile", { tall: true });
  await page.goto("/security");
  await page.getByRole("heading", { name: "مفاتيح المرور" }).waitFor();
  await show(page, "security", { tall: true });
});

let staff: Page;

test("staff who choose Arabic at the door manage users in it", async () => {
  staff = await open("en-GB");
  await staff.goto("/sign-in");
  await staff.getByRole("button", { name: "العربية" }).click();
  await signIn(
    staff,
    pick(logins, ({ role }) => role === "Full Administrator"),
  );
  const rows = staff.getByRole("table", { name: "إدارة المستخدمين" }).locator("tr[data-index]");
  await rows.nth(10).waitFor();
  await staff.getByText("61 مستخدمًا").waitFor();
  await staff.mouse.move(0, 0);
  await show(staff, "users");

  await staff.getByRole("button", { name: "تصفية" }).click();
  await staff.getByLabel("اللغة").waitFor();
  await show(staff, "users-filter");
  await staff.getByLabel("اللغة").selectOption("ar");
  await staff.keyboard.press("Escape");
  await rows.filter({ hasText: email }).first().waitFor();
  await staff.getByRole("button", { name: "الإجراءات لـ\u2068ليلى حداد\u2069" }).click();
  await staff.getByRole("menuitem").first().waitFor();
  await showScreen(staff, "ar-users-menu", { widths: [1440], part: "[role=menu]" });
  await staff.keyboard.press("Escape");

  await rows.filter({ hasText: email }).first().click();
  await staff.getByRole("heading", { name: "الملف الشخصي" }).waitFor();
  await staff.getByRole("heading", { name: "الحسابات" }).waitFor();
  await show(staff, "user", { tall: true });
  await staff.getByRole("button", { name: "تعديل" }).click();
  await staff.getByRole("dialog", { name: "تعديل الملف الشخصي" }).waitFor();
  await show(staff, "user-edit");
  await staff.keyboard.press("Escape");
});

test("staff set it up and see its mails in Arabic", async () => {
  for (const [path, title] of [
    ["settings", "الإعدادات"],
    ["security-questions", "أسئلة الأمان"],
    ["mail", "الرسائل"],
  ] as const) {
    await staff.goto(`/admin/${path}`);
    await staff.getByRole("heading", { name: title, exact: true, level: 1 }).waitFor();
    await staff.getByRole("status", { name: "جارٍ التحميل" }).waitFor({ state: "hidden" });
    await show(staff, path);
  }
  expect(await staff.getByRole("group", { name: "اللغة" }).getByRole("radio").count()).toBe(5);
  await staff.getByRole("radio", { name: "نص عادي" }).check();
  await staff.getByText(/مرحبًا .+،/).waitFor();
  await show(staff, "mail-text");
});

test("nothing went wrong behind the scenes", () => expect(visits.flatMap(({ faults }) => faults)).toEqual([]));
