import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Operation } from "./post";
import { curl, go, typeScript } from "./snippets";

const run = promisify(execFile);

// Each program is run for real, and what reaches the server must be what the explorer itself would send.
const secret = `rat_it's "$HOME"`;
const folder = mkdtempSync(join(tmpdir(), "roster-snippets-"));
let server: Server;
let url = "";
let reached: { headers: IncomingHttpHeaders; body: string }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      reached.push({ headers: request.headers, body });
      response.setHeader("content-type", "application/json").end('{"data":{"done":true}}');
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
});

afterAll(async () => {
  await new Promise((closed) => server.close(closed));
  rmSync(folder, { recursive: true });
});

const plain: Operation = { query: "{ viewer { kind } }" };
const special = `it's "quoted", \`backquoted\`, \\escaped\\ \\n; $HOME \${HOME} $(id) \`id\` !history %s <&> über 漢字 🦊 \u2028 \ufeff \u0007`;
const nasty: Operation = {
  query: `query Nasty($a: String) { # ${special}\r\n  search(text: $a)\n}\n`,
  variables: {
    a: `${special} \n\r\t\u0000\u001b`,
    "a 'key' of `its` own": [{ deep: ["'", "''", "\\'", '\\"', "'\\''"] }, null, 1.5, false],
  },
  operationName: "Nasty",
};
/** Raw strings of Go can hold this. */
const lines: Operation = {
  query: 'query A($id: ID!) {\n\tnode(id: $id) { id } # it\'s "raw" \\n $x\n}',
  variables: { id: "ü'$" },
};

const all: [name: string, operation: Operation][] = [
  ["a plain query", plain],
  ["several lines", lines],
  ["everything that shells and languages treat specially", nasty],
];

const environment = { ...process.env, ROSTER_TOKEN: secret };

function expectReached(operation: Operation) {
  expect(reached).toHaveLength(1);
  const [{ headers, body } = { headers: {}, body: "" }] = reached;
  expect(JSON.parse(body)).toEqual(operation);
  expect(headers).toMatchObject({ authorization: `Bearer ${secret}`, "content-type": "application/json" });
  reached = [];
}

test.each(all)("a shell gives curl %s as it is", async (_, operation) => {
  // In place of curl, so that the test needs none: prints what it was called with.
  writeFileSync(join(folder, "curl"), `#!/bin/sh\nfor given; do printf '%s\\0' "$given"; done\n`, { mode: 0o755 });
  const { stdout } = await run("sh", ["-c", curl(url, operation)], {
    env: { ...environment, PATH: `${folder}:${process.env.PATH}` },
  });
  const [to, , token, , type, , body, ...rest] = stdout.split("\0");
  expect([to, token, type]).toEqual([url, `Authorization: Bearer ${secret}`, "Content-Type: application/json"]);
  expect(JSON.parse(body ?? "")).toEqual(operation);
  expect(rest).toEqual([""]);
});

test.each(all)(
  "a program of Go sends %s, and gofmt finds nothing to mend",
  { timeout: 120_000 },
  async (_, operation) => {
    const file = join(folder, "main.go");
    writeFileSync(file, go(url, operation));
    expect((await run("gofmt", ["-l", file])).stdout).toBe("");
    const { stdout } = await run("go", ["run", file], { cwd: folder, env: environment });
    expect(stdout).toBe('200 OK\n{"data":{"done":true}}\n');
    expectReached(operation);
  },
);

test.each(all)("a module of TypeScript sends %s", async (_, operation) => {
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", typeScript(url, operation)], {
    env: environment,
  });
  expect(stdout).toMatch(/^200 \{\s+"data": \{\s+"done": true/);
  expectReached(operation);
});

test("halves of surrogate pairs, which no source file can hold, do not break the program", () => {
  const half = { query: "{ a } # \ud83e" };
  for (const make of [go, typeScript]) expect(make(url, half)).toContain("{ a } # \ufffd");
});
