import { expect, test, vi } from "vitest";
import { startEstimator } from "./strength";

test("one question at a time; of those that come meanwhile only the last is asked", () => {
  const posted: string[] = [];
  let answer: (score: number) => void = () => {};
  const terminate = vi.fn();
  vi.stubGlobal(
    "Worker",
    class {
      postMessage = ({ password }: { password: string }) => posted.push(password);
      addEventListener = (_: string, hear: (event: { data: number }) => void) => {
        answer = (data) => hear({ data });
      };
      terminate = terminate;
    },
  );
  const told: string[] = [];
  const estimator = startEstimator(({ password, score }) => told.push(`${password} ${score}`));
  for (const password of ["a", "ab", "abc"]) estimator.ask({ password, about: [] });
  expect(posted).toEqual(["a"]);
  answer(0);
  // What is out of date by now is not told.
  expect([posted, told]).toEqual([["a", "abc"], []]);
  answer(1);
  expect([posted, told]).toEqual([["a", "abc"], ["abc 1"]]);
  estimator.ask({ password: "abcd", about: [] });
  expect(posted).toEqual(["a", "abc", "abcd"]);
  estimator.stop();
  expect(terminate).toHaveBeenCalledOnce();
});

test("where there are no workers, there is no hint and nothing breaks", () => {
  vi.stubGlobal("Worker", undefined);
  const tell = vi.fn();
  const estimator = startEstimator(tell);
  estimator.ask({ password: "a", about: [] });
  estimator.stop();
  expect(tell).not.toHaveBeenCalled();
});
