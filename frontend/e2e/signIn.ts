import type { Page } from "playwright-core";
import type { Login } from "./roster";

/** Fills in the sign-in page, which must be open, and sends it. */
export async function signIn(page: Page, { email, password }: Pick<Login, "email" | "password">) {
  await page.getByLabel("Email address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Proves who one is, where that is asked for. */
export async function prove(page: Page, password: string) {
  const dialog = page.getByRole("dialog", { name: "Confirm it’s you" });
  await dialog.getByLabel("Password", { exact: true }).fill(password);
  await dialog.getByRole("button", { name: "Confirm", exact: true }).click();
}

/** Somebody of the sample data; a missing one ends the journey. */
export function pick<Somebody extends Login>(logins: Somebody[], wanted: (login: Somebody) => unknown): Somebody {
  const found = logins.find(wanted);
  if (!found) {
    throw new Error("nobody of the sample data is like that");
  }
  return found;
}
