/** From "at once" to "not in our time". */
export type Score = 0 | 1 | 2 | 3 | 4;

export interface Question {
  password: string;
  /** Names and addresses that others know of its owner and of this place. */
  about: readonly string[];
}

/**
 * Starts the estimator, which is loaded for this: beside the page, so that nobody waits for it while typing. It answers
 * one question at a time; of those that come meanwhile only the last counts. Where it can't be had, no answer comes.
 */
export function startEstimator(tell: (score: Score) => void): { ask: (question: Question) => void; stop: () => void } {
  if (typeof Worker === "undefined") return { ask: () => {}, stop: () => {} };
  const worker = new Worker(new URL("./estimator.worker.ts", import.meta.url), { type: "module" });
  let busy = false;
  let next: Question | undefined;
  const ask = (question: Question) => {
    if (busy) next = question;
    else worker.postMessage(question);
    busy = true;
  };
  worker.addEventListener("message", ({ data }: MessageEvent<Score>) => {
    busy = false;
    const waiting = next;
    next = undefined;
    if (waiting) ask(waiting);
    else tell(data);
  });
  return { ask, stop: () => worker.terminate() };
}
