import { Fragment, type ReactNode } from "react";
import classes from "./Facts.module.css";

interface Props {
  facts: readonly (readonly [name: string, value: ReactNode])[];
  /** There is no room for names beside values: they stand above them. */
  stacked?: boolean;
}

/** What is known of a thing: names and values, one a line. */
export function Facts({ facts, stacked = false }: Props) {
  return (
    <dl className={`${classes.facts} ${stacked ? classes.stacked : ""}`}>
      {facts.map(([name, value]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
