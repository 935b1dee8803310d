/** From "at once" to "not in our time". */
export type Score = 0 | 1 | 2 | 3 | 4;

export interface Question {
  password: string;
  /** Names and addresses that others know of its owner and of this place. */
  about: readonly string[];
}

/** A score, and of which password: another one may have been typed since. */
export interface Judgement {
  password: string;
  score: Score;
}

/**
 * Starts the estimator, which is loaded for this: beside the page, so that nobody waits for it while typing. It answers
 * one question at a time; of those that come meanwhile only the last counts. Where it can't be had, no answer comes.
 */
export function startEstimator(tell: (judgement: Judgement) => void): {
  ask: (question: Question) => void;
  stop: () => void;
} {
  if (typeof Worker === "undefined") return { ask: () => {}, stop: () => {} };
  const worker = new Worker(new URL("./estimator.worker.ts", import.meta.url), { type: "module" });
  let asked: Question | undefined;
  let next: Question | undefined;
  const ask = (question: Question) => {
    if (asked) {
      next = question;
      return;
    }
    asked = question;
    worker.postMessage(question);
  };
  worker.addEventListener("message", ({ data: score }: MessageEvent<Score>) => {
    const [answered, waiting] = [asked, next];
    asked = next = undefined;
    if (waiting) ask(waiting);
    else if (answered) tell({ password: answered.password, score });
  });
  return { ask, stop: () => worker.terminate() };
}
