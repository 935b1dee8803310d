import { Tooltip, VisuallyHidden } from "@mantine/core";
import type { Icon } from "@tabler/icons-react";
import classes from "./StatusIcon.module.css";

interface Props {
  icon: Icon;
  /** Says in words what the colour says, on hover and to screen readers. */
  label: string;
  /** Green when on. */
  on?: boolean;
  bad?: boolean;
  size?: number;
}

/** A state shown by an icon, never by colour alone: form, tooltip and text say the same. */
export function StatusIcon({ icon: Sign, label, on = false, bad = false, size = 18 }: Props) {
  return (
    <Tooltip label={label}>
      <span className={`${classes.status} ${on ? classes.on : ""} ${bad ? classes.bad : ""}`}>
        <Sign size={size} stroke={1.8} aria-hidden="true" />
        <VisuallyHidden>{label}</VisuallyHidden>
      </span>
    </Tooltip>
  );
}
