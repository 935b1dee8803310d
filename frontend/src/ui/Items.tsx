import type { Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./Items.module.css";

/** A short list in a Section of things that each say a little and can be acted upon. The Section is `flush`. */
export function Items({ children }: { children: ReactNode }) {
  return <ul className={classes.list}>{children}</ul>;
}

interface Props {
  icon: Icon;
  title: ReactNode;
  /** Beside the title, such as a badge. */
  mark?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}

/** One of Items. */
export function Item({ icon: Sign, title, mark, actions, children }: Props) {
  return (
    <li className={classes.item}>
      <span className={classes.sign}>
        <Sign size={20} stroke={1.6} aria-hidden="true" />
      </span>
      <div>
        <h3 className={classes.title}>
          {title} {mark}
        </h3>
        {children && <p className={classes.text}>{children}</p>}
      </div>
      {actions && <div className={classes.actions}>{actions}</div>}
    </li>
  );
}
