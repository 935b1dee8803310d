import { initials } from "./initials";
import classes from "./Monogram.module.css";

/** Stands for a person where their name stands beside it. */
export function Monogram({ name, size = 28 }: { name: string; size?: number }) {
  return (
    <span
      className={classes.monogram}
      style={{ inlineSize: size, blockSize: size, fontSize: size * 0.39 }}
      aria-hidden="true"
    >
      {initials(name)}
    </span>
  );
}
