import { afterEach, expect, test, vi } from "vitest";
import { post } from "./post";
import { weigh } from "./scale";

const cost = { cost: 51, limit: 100_000, remaining: 99_000, resetAt: "2026-01-01T00:00:00Z" };
const reset = { query: "mutation { sendPasswordReset { delivery } }" };

/** A server that answers so on the path of the scale; one that runs what comes would be asked on another. */
function server(answer: () => Response) {
  const asked: [path: string, token: string | null][] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    asked.push([path, new Headers(init.headers).get("authorization")]);
    return answer();
  });
  return asked;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test("an operation is weighed on the path that runs nothing, with the rights of who acts", async () => {
  const asked = server(() => Response.json({ data: null, extensions: { cost } }));
  expect(await weigh(reset, {}, post)).toEqual(cost);
  expect(await weigh(reset, { token: "rat_x" }, post)).toEqual(cost);
  expect(asked).toEqual([
    ["/graphql/cost", null],
    ["/graphql/cost", "Bearer rat_x"],
  ]);
});

test("a server that does not weigh is sent nothing that it would run", async () => {
  const asked = server(() => new Response("Method not allowed.", { status: 405 }));
  await expect(weigh(reset, {}, post)).rejects.toThrow();
  expect(asked).toEqual([["/graphql/cost", null]]);
});

test.each([
  ["TOO_COMPLEX", { refusal: "It costs 9000, and 5000 is the most." }],
  ["UNAUTHENTICATED", undefined],
])("the reason of a refusal is told, unless it is about who asks: %s", async (code, weight) => {
  const errors = [{ message: "It costs 9000, and 5000 is the most.", extensions: { code } }];
  server(() => Response.json({ errors }));
  expect(await weigh(reset, {}, post)).toEqual(weight);
});
