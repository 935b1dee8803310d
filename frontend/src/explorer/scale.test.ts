import { expect, test, vi } from "vitest";
import type { Answer, Operation, Sending } from "./post";
import { Scale } from "./scale";

const cost = { cost: 51, limit: 100_000, remaining: 99_000, resetAt: "2026-01-01T00:00:00Z" };
const reset: Operation = { query: "mutation { sendPasswordReset { delivery } }" };
const trial = { query: "{ __typename }" };

/** A server that answers the trial and the rest as given; says what it was sent. */
function server(toTrial: () => Answer, toRest: Answer = { data: null, extensions: { cost } }) {
  return vi.fn(async ({ query }: Operation, _: Sending = {}) => (query === trial.query ? toTrial() : toRest));
}

test("a server that does not weigh is sent nothing that it would run", async () => {
  const send = server(() => ({ data: { __typename: "Query" } }));
  const scale = new Scale(send);
  expect(await scale.weigh(reset, {})).toBeUndefined();
  expect(await scale.weigh(reset, {})).toBeUndefined();
  expect(send.mock.calls.map(([operation]) => operation)).toEqual([trial]);
});

test("a server that tells the cost but runs all the same is not trusted", async () => {
  const send = server(() => ({ data: { __typename: "Query" }, extensions: { cost } }));
  expect(await new Scale(send).weigh(reset, {})).toBeUndefined();
  expect(send).toHaveBeenCalledOnce();
});

test("once the server has shown that it weighs, each operation is weighed, with the rights of who acts", async () => {
  const send = server(() => ({ data: null, extensions: { cost } }));
  const scale = new Scale(send);
  expect(await scale.weigh(reset, {})).toEqual(cost);
  expect(await scale.weigh(reset, { token: "rat_x" })).toEqual(cost);
  expect(send.mock.calls).toEqual([
    [trial, { token: undefined, weigh: true }],
    [reset, { weigh: true }],
    [reset, { token: "rat_x", weigh: true }],
  ]);
});

test("without an answer to the trial nothing else is sent, and the next operation tries again", async () => {
  let down = true;
  const send = server(() => {
    if (down) throw new TypeError("Failed to fetch");
    return { data: null, extensions: { cost } };
  });
  const scale = new Scale(send);
  await expect(scale.weigh(reset, {})).rejects.toThrow();
  expect(send).toHaveBeenCalledOnce();
  down = false;
  expect(await scale.weigh(reset, {})).toEqual(cost);
});

test("a refused trial shows nothing, and is tried again", async () => {
  const errors = [{ message: "Busy.", extensions: { code: "TRY_LATER" } }];
  const send = server(() => ({ errors }));
  const scale = new Scale(send);
  await expect(scale.weigh(reset, {})).rejects.toThrow();
  await expect(scale.weigh(reset, {})).rejects.toThrow();
  expect(send.mock.calls.map(([operation]) => operation)).toEqual([trial, trial]);
});

test.each([
  ["TOO_COMPLEX", { refusal: "It costs 9000, and 5000 is the most." }],
  ["UNAUTHENTICATED", undefined],
])("the reason of a refusal is told, unless it is about who asks: %s", async (code, weight) => {
  const errors = [{ message: "It costs 9000, and 5000 is the most.", extensions: { code } }];
  const send = server(() => ({ data: null, extensions: { cost } }), { errors });
  expect(await new Scale(send).weigh(reset, {})).toEqual(weight);
});
