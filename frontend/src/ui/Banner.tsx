import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef } from "react";
import type { Tone } from "./Badge";
import classes from "./Banner.module.css";

interface Props {
  tone?: Tone;
  /** It came because of what was just done: it is read out at once, and comes into sight. */
  urgent?: boolean;
  children: ReactNode;
}

/** Something to know before going on, in the flow of the page. */
export function Banner({ tone = "neutral", urgent = false, children }: Props) {
  const banner = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (urgent) banner.current?.scrollIntoView({ block: "nearest" });
  }, [urgent]);
  const Icon =
    tone === "good" ? IconCircleCheck : tone === "bad" || tone === "warn" ? IconAlertTriangle : IconInfoCircle;
  return (
    <div ref={banner} className={`${classes.banner} ${classes[tone]}`} role={urgent ? "alert" : undefined}>
      <Icon size={18} stroke={1.8} aria-hidden="true" />
      <div className={classes.body}>{children}</div>
    </div>
  );
}
