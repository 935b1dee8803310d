import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Fakes } from "../../lib/test/fakeApi";
import { renderAt } from "../../lib/test/renderAt";

const eve: Fakes = {
  Viewer: () => ({ kind: "USER", permissions: [], secondFactors: [] }),
  Mutation: () => ({ confirmIdentity: () => ({ sudoUntil: "2026-11-24T12:00:00Z", secondFactorNeeded: false }) }),
};

const saved: { name: string; file: Blob }[] = [];
const files = new Map<string, Blob>();

beforeEach(() => {
  saved.length = 0;
  vi.stubGlobal(
    "URL",
    Object.assign(URL, {
      createObjectURL: (file: Blob) => {
        files.set("blob:1", file);
        return "blob:1";
      },
      revokeObjectURL: () => {},
    }),
  );
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    saved.push({ name: this.download, file: files.get(this.href) as Blob });
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const refused = (status: number, code: string, extensions: object = {}) =>
  new Response(JSON.stringify({ errors: [{ message: "No.", extensions: { code, ...extensions } }] }), { status });

const file = () =>
  new Response('{"profile":{}}', {
    headers: { "content-disposition": "attachment; filename=roster-user-7-2026-11-24.json" },
  });

/** The page, over a server that gives these answers to those who ask for their data. */
async function page(...answers: (Response | Error)[]) {
  const asked = vi.fn((_: RequestInit) => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  });
  const rendered = await renderAt("/profile", eve);
  const api = fetch;
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) =>
    path === "/own-data" ? asked(init) : api(path, init),
  );
  const part = await screen.findByRole("region", { name: "Your data" });
  return { ...rendered, asked, button: within(part).getByRole("button", { name: "Download my data" }) };
}

test("the file is saved under the server's name", async () => {
  const { user, button, asked } = await page(file());
  await user.click(button);
  expect(await screen.findByText("Your data are downloaded as roster-user-7-2026-11-24.json.")).toBeVisible();
  expect(saved.map(({ name }) => name)).toEqual(["roster-user-7-2026-11-24.json"]);
  expect(asked).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ method: "POST", headers: { "content-type": "application/json" } }),
  );
});

test("a fresh proof of identity is asked for, and then it goes on by itself", async () => {
  const { user, button, asked } = await page(refused(403, "SUDO_REQUIRED"), file());
  await user.click(button);
  const dialog = await screen.findByRole("dialog", { name: "Confirm it’s you" });
  expect(saved).toEqual([]);
  await user.type(within(dialog).getByLabelText("Password"), "my password");
  await user.click(within(dialog).getByRole("button", { name: "Confirm" }));
  await waitFor(() => expect(saved).toHaveLength(1));
  expect(asked).toHaveBeenCalledTimes(2);
});

test("who closes the dialog gets nothing, and no word about it", async () => {
  const { user, button } = await page(refused(403, "SUDO_REQUIRED"));
  await user.click(button);
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Cancel" }));
  await waitFor(() => expect(button).toBeEnabled());
  expect(screen.queryByText("This needs a fresh proof of identity.")).not.toBeInTheDocument();
  expect(saved).toEqual([]);
});

test.each([
  ["too often", refused(429, "RATE_LIMITED", { retryAfter: 3600 }), "Too many tries. Try again in 60 minutes."],
  [
    "no connection",
    new TypeError("fetch failed"),
    "The server can’t be reached. Check your connection, then try again.",
  ],
  ["a proxy's page", new Response("<h1>Bad gateway</h1>", { status: 502 }), "Something went wrong on our side."],
])("%s is told", async (_, answer, text) => {
  const { user, button } = await page(answer);
  await user.click(button);
  expect(await screen.findByText(text)).toBeVisible();
  expect(saved).toEqual([]);
});
