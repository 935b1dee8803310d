// Proofs of identity for journeys: customers of the sample who may place orders, the pictures they send, and the page on
// which staff look at them.

import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { Login } from "./roster";

/** A customer of the sample, and the accounts in which they may place orders. */
export interface Subject extends Login {
  id: string;
  number: number;
  name: string;
  version: number;
  memberships: { nodes: { permissions: string[]; account: { id: string; number: number; name: string } }[] };
}

/** Asks the API as whoever is signed in on the page. */
export const ask = <Data>(page: Page, query: string, variables: object = {}): Promise<Data> =>
  page.evaluate(async (body) => {
    const answer = await fetch("/graphql", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    const { data, errors } = await answer.json();
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }, JSON.stringify({ query, variables }));

/** Customers who read English, sign in by password alone, may place orders and placed none; the last to come first. */
export async function subjectsOf(staff: Page, logins: Login[], most: number): Promise<Subject[]> {
  const found: Subject[] = [];
  for (const login of logins.filter(({ role, totp }) => !role && !totp)) {
    const { user } = await ask<{ user: Subject & { language: string; identityVerification: { applicable: boolean } } }>(
      staff,
      `query Subject($email: String!) {
        user(email: $email) {
          id number name language version
          identityVerification { applicable }
          memberships(first: 50) { nodes { permissions account { id number name } } }
        }
      }`,
      { email: login.email },
    );
    const nodes = user.memberships.nodes.filter(({ permissions }) => permissions.includes("ORDERS"));
    const fresh = !user.identityVerification.applicable;
    if (user.language === "en" && nodes.length > 0 && fresh) found.push({ ...user, ...login, memberships: { nodes } });
  }
  expect(found.length, "customers of the sample who may place orders").toBeGreaterThanOrEqual(most);
  return found.sort((a, b) => b.number - a.number).slice(0, most);
}

/** Notes an order of theirs, which asks them to prove who they are. */
export async function order(staff: Page, { id, memberships }: Subject, number: string) {
  const { recordOrder } = await ask<{ recordOrder: { userErrors: unknown[] } }>(
    staff,
    "mutation Order($i: RecordOrderInput!) { recordOrder(input: $i) { userErrors { code message } } }",
    { i: { accountId: memberships.nodes[0]?.account.id, number, placedById: id, verificationRequired: true } },
  );
  expect(recordOrder.userErrors).toEqual([]);
}

/** A PDF of one empty page, as a back that somebody scanned. */
const paper = `%PDF-1.7
1 0 obj
<</Type/Catalog/Pages 2 0 R>>
endobj
2 0 obj
<</Type/Pages/Kids[3 0 R]/Count 1>>
endobj
3 0 obj
<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>
endobj
xref
0 4
trailer
<</Root 1 0 R/Size 4>>
startxref
9
%%EOF
`;

/** Draws a document and a face, and sends them as the client area would; the back as a PDF, where that is `scanned`. */
export async function sendPictures(page: Page, name: string, { scanned = false } = {}) {
  const send = async ([name, scan]: readonly [string, string]) => {
    const draw = (width: number, height: number, paint: (on: CanvasRenderingContext2D) => void) =>
      new Promise<Blob | null>((done) => {
        const canvas = Object.assign(document.createElement("canvas"), { width, height });
        const on = canvas.getContext("2d");
        if (on) paint(on);
        canvas.toBlob(done, "image/jpeg", 0.9);
      });
    const face = (on: CanvasRenderingContext2D, x: number, y: number, r: number) => {
      on.fillStyle = "#d9a27c";
      on.beginPath();
      on.ellipse(x, y, r * 0.8, r, 0, 0, 7);
      on.fill();
      on.fillStyle = "#222";
      for (const side of [-1, 1]) on.fillRect(x + side * r * 0.35 - r * 0.08, y - r * 0.2, r * 0.16, r * 0.12);
      on.fillRect(x - r * 0.3, y + r * 0.4, r * 0.6, r * 0.08);
    };
    const card = (lines: string[], withFace: boolean) =>
      draw(1280, 808, (on) => {
        on.fillStyle = "#cfe0ea";
        on.fillRect(0, 0, 1280, 808);
        on.fillStyle = "#1d3b53";
        on.fillRect(0, 0, 1280, 110);
        on.fillStyle = "#fff";
        on.font = "bold 56px sans-serif";
        on.fillText("IDENTITY CARD", 50, 76);
        on.fillStyle = "#16222c";
        on.font = "44px sans-serif";
        for (const [i, line] of lines.entries()) on.fillText(line, withFace ? 480 : 60, 240 + i * 90);
        if (withFace) face(on, 240, 420, 170);
      });
    const pictures = {
      FRONT: await card([name, "Born 12 03 1987", "No. X4711-08", "Valid until 2031"], true),
      BACK: scan
        ? new Blob([scan], { type: "application/pdf" })
        : await card(["Height 172 cm", "Issued in Sampletown", "IDSMP<<X471108<<<<<<<<<<<"], false),
      SELFIE: await draw(900, 1200, (on) => {
        on.fillStyle = "#8fa58f";
        on.fillRect(0, 0, 900, 1200);
        face(on, 450, 560, 330);
      }),
    };
    const answers: number[] = [];
    for (const [kind, body] of Object.entries(pictures)) {
      const answer = await fetch(`/verification-files?kind=${kind}`, {
        method: "POST",
        headers: { "content-type": body?.type ?? "" },
        body,
      });
      answers.push(answer.status);
    }
    return answers;
  };
  const kept = await page.evaluate(send, [name, scanned ? paper : ""] as const);
  expect(kept).toEqual([201, 201, 201]);
  const { submitIdentityVerification } = await ask<{ submitIdentityVerification: { userErrors: unknown[] } }>(
    page,
    "mutation { submitIdentityVerification { userErrors { code message } } }",
  );
  expect(submitIdentityVerification.userErrors).toEqual([]);
}

export const dialog = (page: Page, name: string | RegExp) => page.getByRole("dialog", { name });
/** What the page of a user, or that of the settings, holds of it. */
export const section = (page: Page) => page.getByRole("region", { name: "Identity verification" });
export const figure = (page: Page, name: string) => page.getByRole("figure", { name });
export const queue = (page: Page) => page.getByRole("table", { name: "Identity verification" });
/** On the page of a review. */
export const decision = (page: Page) => page.getByRole("region", { name: "Decision" });
/** Where the user stands, on their page. */
export const status = (page: Page) => section(page).locator("dd").first();

/** Opens the page of a user, and resolves when their proof is there to read. */
export async function toUser(page: Page, { number }: Subject) {
  await page.goto(`/admin/users/${number}`);
  await section(page).getByText("Status", { exact: true }).waitFor();
}

/** Opens the review, and resolves when all pictures of these names are there to see. */
export async function toReview(
  page: Page,
  { number }: Subject,
  names = ["Front of the document", "Selfie", "Back of the document"],
) {
  await page.goto(`/admin/verifications/${number}`);
  for (const name of names) {
    const picture = figure(page, name).getByRole("img");
    await picture.scrollIntoViewIfNeeded();
    await expect
      .poll(() => picture.evaluate((img: HTMLImageElement) => (img.complete ? img.naturalWidth : 0)))
      .toBeGreaterThan(0);
  }
  await page.evaluate(() => document.getElementById("main")?.scrollTo(0, 0));
}
