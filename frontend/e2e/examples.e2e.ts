// The clients of docs/examples, in Go and in TypeScript: built from the schema, and run against the built binary.
import { execFile, execFileSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Roster, startRoster } from "./roster";

const root = resolve(import.meta.dirname, "../..");
const clients: [name: string, program: string, ...args: string[]][] = [
  ["Go", resolve(root, ".cache/examples/roster-client")],
  ["TypeScript", process.execPath, resolve(root, ".cache/examples/typescript/main.js")],
];

let roster: Roster;
let admin: string;
let auditor: string;

beforeAll(async () => {
  execFileSync(process.execPath, [resolve(root, ".ci/examples.mjs")], { stdio: "inherit" });
  roster = await startRoster((command) => {
    command("demo", "--users", "400", "--accounts", "20", "--seed", "1");
    const made = (role: string) =>
      /rat_[\w-]+/.exec(command("token", "create", "--name", `As ${role}`, "--role", role))?.[0] ?? "";
    admin = made("Full Administrator");
    auditor = made("Auditor");
  });
});

afterAll(() => roster.stop());

/** What a client prints, and how it ends. */
const run = (client: (typeof clients)[number], token: string, ...args: string[]) =>
  runAt(roster.url, client, token, ...args);

async function runAt(url: string, [, program, ...first]: (typeof clients)[number], token: string, ...args: string[]) {
  const env = { PATH: process.env.PATH, ROSTER_URL: url, ROSTER_TOKEN: token };
  try {
    return { status: 0, ...(await promisify(execFile)(program, [...first, ...args], { env })) };
  } catch (failed) {
    const { code, stdout, stderr } = failed as { code: number; stdout: string; stderr: string };
    return { status: code, stdout, stderr };
  }
}

async function ask(query: string, variables: object = {}) {
  const answer = await fetch(`${roster.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${admin}` },
    body: JSON.stringify({ query, variables }),
  });
  return ((await answer.json()) as { data: Record<string, { totalCount: number }> }).data;
}

test("both list every user without two-factor sign-in, over several pages", async () => {
  const { users } = await ask(
    "{ users(first: 1, filter: { twoFactorEnabled: false, state: [ACTIVE] }) { totalCount } }",
  );
  expect(users?.totalCount, "more than two pages").toBeGreaterThan(200);
  const lists = await Promise.all(clients.map((client) => run(client, auditor, "without-two-factor")));
  for (const { status, stdout, stderr } of lists) {
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.shift()).toBe("number,name,email,last_login");
    expect(lines).toHaveLength(users?.totalCount ?? 0);
    expect(new Set(lines.map((line) => line.split(",")[0])).size).toBe(lines.length);
  }
  const named = lists.map(({ stdout }) => stdout.split("\n").map((line) => line.slice(0, line.lastIndexOf(","))));
  expect(named[0]).toEqual(named[1]);
});

test.each(clients)("%s invites somebody, and says what is to be mended", async (...client) => {
  const guest = `${client[0].toLowerCase()}@guest.example`;
  const first = await run(client, admin, "invite", "1", guest, "ORDERS", "EMAILS");
  expect(first.stderr).toBe("");
  expect(first.stdout).toContain(`Invited ${guest} to `);
  expect((await roster.mail(guest)).text).toContain("/invitation#");

  const again = await run(client, admin, "invite", "1", guest, "ORDERS");
  expect(again).toMatchObject({ status: 1, stdout: "" });
  expect(again.stderr).toContain("(CONFLICT)");

  const wrong = await run(client, admin, "invite", "2", "nobody@", "ORDERS");
  expect(wrong).toMatchObject({ status: 1, stdout: "" });
  expect(wrong.stderr).toContain("email: ");
  expect(wrong.stderr).toContain("(INVALID)");
});

/** A line to the server on which the answer to the first mutation gets lost. */
async function badLine(): Promise<{ url: string; keys: unknown[]; close: () => void }> {
  const keys: unknown[] = [];
  const line = createServer(async (request, response) => {
    const body = await text(request);
    const { host: _, connection: __, ...headers } = request.headers as Record<string, string>;
    const answer = await fetch(`${roster.url}${request.url}`, { method: "POST", headers, body });
    const said = await answer.text();
    if (body.includes("mutation") && keys.push(headers["idempotency-key"]) === 1) return response.destroy();
    return response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" }).end(said);
  });
  await new Promise<void>((listening) => line.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(line.address() as AddressInfo).port}`,
    keys,
    close: () => {
      line.close();
      line.closeAllConnections();
    },
  };
}

test.each(clients)("%s invites once though the answer gets lost", async (...client) => {
  const line = await badLine();
  const guest = `${client[0].toLowerCase()}@lost.example`;
  const { status, stdout, stderr } = await runAt(line.url, client, admin, "invite", "4", guest, "ORDERS");
  line.close();
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain(`Invited ${guest} to `);
  expect(line.keys).toEqual([expect.any(String), line.keys[0]]);
});

test.each(clients)("%s tells what it was refused for", async (...client) => {
  const said = async (token: string, ...args: string[]) => (await run(client, token, ...args)).stderr;
  expect(await said(auditor, "invite", "1", "x@guest.example", "ORDERS")).toContain("You do not have the permission");
  expect(await said("rat_none", "without-two-factor")).toContain("roster-client: ");
  expect(await said(admin, "invite", "999999", "x@guest.example", "ORDERS")).toContain("no account 999999");
  expect(await said(admin, "nonsense")).toContain("usage: ");
});

test("neither waits for an hour when an account may not invite any more", async () => {
  const [go, typescript] = clients as [(typeof clients)[number], (typeof clients)[number]];
  for (let i = 0; i < 20; i++) await run(go, admin, "invite", "3", `guest${i}@guest.example`, "ORDERS");
  for (const client of [go, typescript]) {
    const { status, stderr } = await run(client, admin, "invite", "3", "last@guest.example", "ORDERS");
    expect(status).toBe(1);
    expect(stderr).toMatch(/Try again in \d+/);
  }
});
