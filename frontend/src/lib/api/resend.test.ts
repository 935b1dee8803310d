import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Client, fetchExchange } from "@urql/core";
import { type FieldDefinitionNode, type ObjectTypeDefinitionNode, type ObjectTypeExtensionNode, parse } from "graphql";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keyless, sentOnce } from "./keyless";
import { resendExchange } from "./resend";

const Order = parse('mutation { recordOrder(input: { accountId: "a", number: "1" }) { order { id } } }');
const SignIn = parse('mutation { signIn(input: { email: "a", password: "b" }) { outcome { __typename } } }');
const Confirm = parse('mutation { confirmIdentity(input: { password: "b" }) { userErrors { code } } }');
const Viewer = parse("{ viewer { kind } }");

type Answer = () => Promise<Response>;

const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Answer => {
  const all = { "content-type": "application/graphql-response+json", ...headers };
  return async () => new Response(JSON.stringify(body), { status, headers: all });
};

const refused = (code: string, extensions: object, status = 200, headers = {}) =>
  json({ errors: [{ message: code, extensions: { code, ...extensions } }] }, status, headers);

const lost: Answer = () => Promise.reject(new TypeError("Failed to fetch"));
const done = json({ data: { recordOrder: { order: { id: "o1" } } } });
const running = refused("CONFLICT", { reasons: ["KEY_RUNNING"], retryAfter: 2 }, 409, { "retry-after": "2" });

/** A client whose server gives these answers, one after the other, and the keys that each request came with. */
function server(...answers: Answer[]) {
  const keys: (string | null)[] = [];
  const fetch = vi.fn((_: unknown, init?: RequestInit) => {
    keys.push(new Headers(init?.headers).get("idempotency-key"));
    return (answers[keys.length - 1] ?? lost)();
  });
  const client = new Client({
    url: "https://roster.test/graphql",
    preferGetMethod: false,
    fetch,
    fetchOptions: { headers: { accept: "application/graphql-response+json" } },
    exchanges: [resendExchange, fetchExchange],
  });
  return { client, keys };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Runs a mutation to its end, however long it waits. */
async function run(client: Client, document = Order) {
  const result = client.mutation(document, {}).toPromise();
  await vi.runAllTimersAsync();
  return result;
}

test.each([
  ["the answer was lost", [lost, done]],
  ["it was lost twice", [lost, lost, done]],
  ["a proxy had no server", [json("", 502), json("", 504), done]],
  ["the server was busy", [refused("TRY_LATER", {}, 503, { "retry-after": "2" }), done]],
  ["the server lost its database", [refused("TRY_LATER", { retryAfter: 2 }), done]],
  ["it is still being done", [lost, running, running, done]],
])("sends a mutation again under the same key: %s", async (_, answers) => {
  const { client, keys } = server(...answers);
  const { data, error } = await run(client);
  expect(error).toBeUndefined();
  expect(data?.recordOrder.order.id).toBe("o1");
  expect(keys).toHaveLength(answers.length);
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
});

test("each act has a key of its own", async () => {
  const { client, keys } = server(done, done);
  await run(client);
  await run(client);
  expect(new Set(keys).size).toBe(2);
});

test.each([
  ["no network", Array(9).fill(lost), 4],
  ["still being done", Array(9).fill(running), 4],
  ["done, and the answer lost", [refused("CONFLICT", { reasons: ["KEY_DONE"] }, 409)], 1],
  ["a refusal", [refused("FORBIDDEN", {})], 1],
  ["too many tries", [refused("RATE_LIMITED", { retryAfter: 2 })], 1],
  ["a long wait", [refused("TRY_LATER", { retryAfter: 60 })], 1],
  ["a fault of ours", [refused("INTERNAL", {})], 1],
])("tells the fault when there is nothing to gain, or at last: %s", async (_, answers, times) => {
  const { client, keys } = server(...(answers as Answer[]));
  const { error } = await run(client);
  expect(error).toBeDefined();
  expect(keys).toHaveLength(times);
});

test("gives up at once where there is no network at all", async () => {
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  const { client, keys } = server(lost, done);
  expect((await run(client)).error?.networkError).toBeDefined();
  expect(keys).toHaveLength(1);
});

test("what is open to everybody, and what only reads, goes once and without a key", async () => {
  const { client, keys } = server(lost, lost);
  await run(client, SignIn);
  const read = client.query(Viewer, {}).toPromise();
  await vi.runAllTimersAsync();
  await read;
  expect(keys).toEqual([null, null]);
});

test("what takes a secret goes once: a wrong one would count again", async () => {
  const { client, keys } = server(lost, done);
  expect((await run(client, Confirm)).error?.networkError).toBeDefined();
  expect(keys).toHaveLength(1);
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
});

test("a key that comes with the act is the act's", async () => {
  const { client, keys } = server(lost, done);
  const result = client.mutation(Order, {}, { idempotencyKey: "mine" }).toPromise();
  await vi.runAllTimersAsync();
  await result;
  expect(keys).toEqual(["mine", "mine"]);
});

test("the lists of mutations without a key, and of those that go once, are those of the API", () => {
  const folder = join(import.meta.dirname, "../../../../graph/schema");
  const types = readdirSync(folder)
    .flatMap((file) => parse(readFileSync(join(folder, file), "utf8")).definitions)
    .filter(
      (one): one is ObjectTypeDefinitionNode | ObjectTypeExtensionNode =>
        one.kind === "ObjectTypeDefinition" || one.kind === "ObjectTypeExtension",
    );
  const fieldsOf = (type: string) => types.filter(({ name }) => name.value === type).flatMap((one) => one.fields ?? []);
  const has = ({ directives }: FieldDefinitionNode, ...names: string[]) =>
    directives?.some(({ name }) => names.includes(name.value)) ?? false;
  const namesOf = (fields: FieldDefinitionNode[]) => fields.map(({ name }) => name.value).sort();
  const [open, keyed] = [true, false].map((wanted) =>
    fieldsOf("Mutation").filter((field) => has(field, "public", "enrolling") === wanted),
  ) as [FieldDefinitionNode[], FieldDefinitionNode[]];
  expect([...keyless].sort()).toEqual(namesOf(open));
  // Those that are alone because they bring a secret, and take none, can be sent again.
  const payload = ({ type }: FieldDefinitionNode) => (type.kind === "NamedType" ? fieldsOf(type.name.value) : []);
  const taking = keyed.filter((field) => has(field, "alone") && !payload(field).some((one) => has(one, "once")));
  expect([...sentOnce].sort()).toEqual(namesOf(taking));
});
