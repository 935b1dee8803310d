import type { ReactNode } from "react";
import classes from "./Badge.module.css";

export type Tone = "neutral" | "accent" | "good" | "warn" | "bad";

/** A word or two about a thing. The tone only underlines what the words say. */
export function Badge({ tone = "neutral", icon, children }: { tone?: Tone; icon?: ReactNode; children: ReactNode }) {
  return (
    <span className={`${classes.badge} ${classes[tone]}`}>
      {icon}
      {children}
    </span>
  );
}
