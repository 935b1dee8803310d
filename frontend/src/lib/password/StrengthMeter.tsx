import { useTranslation } from "react-i18next";
import classes from "./StrengthMeter.module.css";
import type { Score } from "./strength";

interface Props {
  /** The password is being typed: the bar has its place from then on, so that nothing moves when a word comes. */
  entered: boolean;
  /** Undefined while there is nothing to say. */
  score: Score | undefined;
  /** The password is shorter than any may be, so its strength is not the point yet. */
  tooShort: boolean;
}

const steps = [1, 2, 3, 4] as const;

/** A bar with a word for how hard a password is to guess. It only hints: what is refused, the server decides. */
export function StrengthMeter({ entered, score, tooShort }: Props) {
  const { t } = useTranslation();
  const level = tooShort || score === undefined ? 0 : Math.max(1, score);
  const text = tooShort
    ? t("strength.tooShort")
    : score !== undefined && t("strength.is", { word: t(`strength.${score}`) });
  return (
    <div className={classes.meter} data-level={level} data-shown={entered || undefined}>
      {entered && (
        <div className={classes.bar} aria-hidden="true">
          {steps.map((step) => (
            <span key={step} className={step <= level ? classes.full : undefined} />
          ))}
        </div>
      )}
      {/* Read out as it changes, so its place is there before the first one. */}
      <p className={classes.word} aria-live="polite">
        {text}
      </p>
    </div>
  );
}
