// GraphQL over HTTP: every audit of the reference suite, asked of the built binary with an API token (security.md #65).
import { type Audit, serverAudits } from "graphql-http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Roster, startRoster } from "./roster";

let roster: Roster;
let audits: Audit[];

beforeAll(async () => {
  let token = "";
  roster = await startRoster((command) => {
    command("demo", "--users", "10", "--accounts", "5", "--seed", "1");
    token = /rat_[\w-]+/.exec(command("token", "create", "--name", "Audit", "--role", "Auditor"))?.[0] ?? "";
  });
  audits = serverAudits({
    url: `${roster.url}/graphql`,
    fetchFn: (url: string, init: RequestInit = {}) =>
      fetch(url, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } }),
  });
});

afterAll(() => roster.stop());

// What is optional and left out: a query comes by POST alone, so that no link and no log ever holds one.
const byGet = ["5A70", "D6D5", "6A70"];

test("no audit ends in an error or a warning, and of the options only GET is left out", async () => {
  const results = await Promise.all(audits.map((audit) => audit.fn()));
  const found = results.filter(({ status }) => status !== "ok");
  const told = found.map((one) => `${one.status} ${one.id} ${one.name}: ${"reason" in one ? one.reason : ""}`);
  expect(told.filter((text) => !text.startsWith("notice"))).toEqual([]);
  expect(found.map(({ id }) => id).sort(), told.join("\n")).toEqual(byGet.sort());
  expect(results.length, "the suite is whole").toBeGreaterThanOrEqual(61);
});
