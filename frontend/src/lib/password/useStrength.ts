import { useEffect, useRef, useState } from "react";
import { type Judgement, type Question, startEstimator } from "./strength";

/**
 * How strong the password was that was judged last: the one at hand, or while that is being judged the one before. The
 * estimator is loaded once `awake` is true.
 */
export function useStrength({ password, about }: Question, awake: boolean): Judgement | undefined {
  const [judgement, setJudgement] = useState<Judgement>();
  const estimator = useRef<ReturnType<typeof startEstimator>>(undefined);
  useEffect(() => {
    if (!awake) return;
    const started = startEstimator(setJudgement);
    estimator.current = started;
    return started.stop;
  }, [awake]);
  // The texts come as a new list with each keystroke elsewhere in the form.
  const known = about.filter((text) => text.trim()).join("\n");
  useEffect(() => {
    if (awake && password) estimator.current?.ask({ password, about: known.split("\n") });
  }, [awake, password, known]);
  return password ? judgement : undefined;
}
