import { vi } from "vitest";
import { estimate } from "../password/estimate";
import type { Question } from "../password/strength";

/** A browser with workers, which jsdom has not: the estimator runs beside the test. Says which were started. */
export function fakeWorker(): URL[] {
  const started: URL[] = [];
  class FakeWorker extends EventTarget {
    private ended = false;
    constructor(url: URL) {
      super();
      started.push(url);
    }
    postMessage(question: Question) {
      queueMicrotask(() => {
        if (!this.ended) this.dispatchEvent(new MessageEvent("message", { data: estimate(question) }));
      });
    }
    terminate() {
      this.ended = true;
    }
  }
  vi.stubGlobal("Worker", FakeWorker);
  return started;
}
