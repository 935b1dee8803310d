import type { ReactNode } from "react";
import classes from "./Boxes.module.css";

interface Props {
  title: string;
  /** What is wrong with the choice, said where the boxes begin: there may be more of them than fit in sight. */
  error?: string;
  /** Puts the boxes beside each other where there is room. */
  columns?: boolean;
  children: ReactNode;
}

/** Boxes to tick that belong to one question. A form leads to them when the choice is wrong. */
export function Boxes({ title, error, columns, children }: Props) {
  return (
    <fieldset className={classes.boxes} aria-invalid={Boolean(error) || undefined} tabIndex={-1}>
      <legend>{title}</legend>
      {error && (
        <p className={classes.error} role="alert">
          {error}
        </p>
      )}
      {columns ? <div className={classes.columns}>{children}</div> : children}
    </fieldset>
  );
}
