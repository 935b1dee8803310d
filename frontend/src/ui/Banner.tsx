import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Tone } from "./Badge";
import classes from "./Banner.module.css";

interface Props {
  tone?: Tone;
  /** It came because of what was just done, and is read out at once. */
  urgent?: boolean;
  children: ReactNode;
}

/** Something to know before going on, in the flow of the page. */
export function Banner({ tone = "neutral", urgent = false, children }: Props) {
  const Icon =
    tone === "good" ? IconCircleCheck : tone === "bad" || tone === "warn" ? IconAlertTriangle : IconInfoCircle;
  return (
    <div className={`${classes.banner} ${classes[tone]}`} role={urgent ? "alert" : undefined}>
      <Icon size={18} stroke={1.8} aria-hidden="true" />
      <div className={classes.body}>{children}</div>
    </div>
  );
}
