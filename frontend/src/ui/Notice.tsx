import type { Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./Notice.module.css";

interface Props {
  icon: Icon;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  /** It stands where a page would stand, and its title is the page's. */
  page?: boolean;
  urgent?: boolean;
}

/** A few words in the middle of where content would be: nothing here, not found, not allowed. */
export function Notice({ icon: Sign, title, children, actions, page = false, urgent = false }: Props) {
  const Title = page ? "h1" : "p";
  return (
    <div className={classes.notice} role={urgent ? "alert" : undefined}>
      <span className={classes.icon}>
        <Sign size={22} stroke={1.6} aria-hidden="true" />
      </span>
      <Title className={classes.title}>{title}</Title>
      {children && <div className={classes.text}>{children}</div>}
      {actions && <div className={classes.actions}>{actions}</div>}
    </div>
  );
}
