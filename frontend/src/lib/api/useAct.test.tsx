import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { act, renderHook } from "@testing-library/react";
import { parse } from "graphql";
import type { ReactNode } from "react";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { startI18n } from "../i18n";
import { ApiProvider } from "./ApiProvider";
import { Api } from "./api";
import { useAct } from "./useAct";

interface Made {
  recordOrder: { order: { id: string } | null };
}
const Order = parse(
  "mutation Record($number: String!) { recordOrder(input: { number: $number }) { order { id } userErrors { code } } }",
) as TypedDocumentNode<Made, { number: string }>;

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/graphql-response+json" } });
const refused = (code: string, more: object = {}) =>
  json({ errors: [{ message: code, extensions: { code, ...more } }] });
const done = () =>
  json({
    data: {
      recordOrder: { __typename: "RecordOrderPayload", order: { __typename: "Order", id: "o1" }, userErrors: [] },
    },
  });

/** What the server says at present; undefined: nothing comes. */
let answer: (() => Response) | undefined;
let keys: (string | null)[] = [];

beforeAll(() => startI18n("en"));

beforeEach(() => {
  vi.useFakeTimers();
  keys = [];
  vi.stubGlobal("fetch", async (_: unknown, init?: RequestInit) => {
    keys.push(new Headers(init?.headers).get("idempotency-key"));
    if (!answer) throw new TypeError("Failed to fetch");
    return answer();
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function record() {
  const api = new Api(() => {});
  const wrapper = ({ children }: { children: ReactNode }) => <ApiProvider api={api}>{children}</ApiProvider>;
  const { result } = renderHook(() => useAct(Order, { quiet: true }), { wrapper });
  /** The key of a click, however often it was sent, and whether it came through. */
  return async (number: string) => {
    keys = [];
    const ran = result.current[0]({ number });
    await act(() => vi.runAllTimersAsync());
    const { ok } = await ran;
    expect(new Set(keys).size).toBe(1);
    return { key: keys[0], ok };
  };
}

test.each([
  ["no answer came", undefined],
  ["the server is busy", () => refused("TRY_LATER", { retryAfter: 60 })],
  ["the server failed", () => refused("INTERNAL")],
  ["it is still being done", () => refused("CONFLICT", { reasons: ["KEY_RUNNING"] })],
])("clicked again, an act keeps its key while nobody knows what became of it: %s", async (_, open) => {
  const click = record();
  answer = open;
  const first = await click("1");
  expect(first.ok).toBe(false);
  const other = await click("2");
  expect(other.key).not.toBe(first.key);
  answer = done;
  expect(await click("1")).toEqual({ key: first.key, ok: true });
  // That one is over: the same input is another act now.
  expect((await click("1")).key).not.toBe(first.key);
});

test.each([
  ["a refusal", () => refused("FORBIDDEN")],
  ["it was done, and the answer is gone", () => refused("CONFLICT", { reasons: ["KEY_DONE"] })],
])("what is known is over: %s", async (_, known) => {
  const click = record();
  answer = known;
  const first = await click("1");
  expect((await click("1")).key).not.toBe(first.key);
});
