import { useEffect, useRef, useState } from "react";
import { type Question, type Score, startEstimator } from "./strength";

/** How strong a password is, as far as it is known; the estimator is loaded once `awake` is true. */
export function useStrength({ password, about }: Question, awake: boolean): Score | undefined {
  const [score, setScore] = useState<Score>();
  const estimator = useRef<ReturnType<typeof startEstimator>>(undefined);
  useEffect(() => {
    if (!awake) return;
    const started = startEstimator(setScore);
    estimator.current = started;
    return started.stop;
  }, [awake]);
  // The texts come as a new list with each keystroke elsewhere in the form.
  const known = about.filter((text) => text.trim()).join("\n");
  useEffect(() => {
    if (awake && password) estimator.current?.ask({ password, about: known.split("\n") });
  }, [awake, password, known]);
  return password ? score : undefined;
}
