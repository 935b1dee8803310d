import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary } from "@zxcvbn-ts/language-common";
import type { Question, Score } from "./strength";

// Much data: only the worker may import this. The passwords that people choose most and a list of common words do for
// every language; the words of one language alone would weigh three times as much.
const estimator = new ZxcvbnFactory({
  dictionary,
  graphs: adjacencyGraphs,
  // Longer ones are refused, and would only be slow.
  maxLength: 128,
});

/** How hard a password is to guess for who knows the texts about its owner. */
export function estimate({ password, about }: Question): Score {
  return estimator.check(password, about.flatMap(guesses)).score;
}

/** What somebody tries first who knows a name or an address: all of it, without its gaps, and each part. */
function guesses(text: string): string[] {
  const parts = text.toLowerCase().split(/[^\p{L}\p{M}\p{N}]+/u);
  const [local = ""] = text.toLowerCase().split("@");
  return [...new Set([text, text.toLowerCase(), local, parts.join(""), parts.join(" "), ...parts])].filter(
    (guess) => guess.length > 2,
  );
}
