import { type ReactNode, useId } from "react";
import classes from "./Section.module.css";

interface Props {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  /** The content reaches to the edge, as lists do. */
  flush?: boolean;
  children: ReactNode;
}

/** A part of a page with a heading, framed. */
export function Section({ title, lead, actions, flush = false, children }: Props) {
  const id = useId();
  return (
    <section className={classes.section} aria-labelledby={id}>
      <div className={classes.head}>
        <div className={classes.words}>
          <h2 className={classes.title} id={id}>
            {title}
          </h2>
          {lead && <p className={classes.lead}>{lead}</p>}
        </div>
        {actions}
      </div>
      <div className={flush ? classes.flush : classes.body}>{children}</div>
    </section>
  );
}
