import { Loader } from "@mantine/core";
import classes from "./Waiting.module.css";

/** Something is on its way. Shows only when it takes long enough to notice; it may stand in before texts are loaded. */
export function Waiting() {
  return (
    <div className={classes.waiting} role="status">
      <Loader size="sm" color="var(--text-faint)" />
    </div>
  );
}
