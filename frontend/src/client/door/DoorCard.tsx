import { type ReactNode, useLayoutEffect, useRef } from "react";
import { useTitle } from "../../ui/useTitle";
import classes from "./DoorCard.module.css";

interface Props {
  title: string;
  lead?: ReactNode;
  /** Below the form: the way to somewhere else. */
  foot?: ReactNode;
  /** It took the place of another card: the title gets the focus, so that screen readers tell of it. */
  arrived?: boolean;
  children?: ReactNode;
}

/** One thing to do or to know in front of the door. */
export function DoorCard({ title, lead, foot, arrived = false, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useTitle(title);
  useLayoutEffect(() => {
    if (arrived) heading.current?.focus();
  }, [arrived]);
  return (
    <div className={classes.card}>
      <h1 className={classes.title} ref={heading} tabIndex={-1} style={{ outline: 0 }}>
        {title}
      </h1>
      {lead && <div className={classes.lead}>{lead}</div>}
      {children && <div className={classes.body}>{children}</div>}
      {foot && <div className={classes.foot}>{foot}</div>}
    </div>
  );
}
