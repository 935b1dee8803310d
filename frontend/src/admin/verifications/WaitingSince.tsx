import { Tooltip } from "@mantine/core";
import { useFormats } from "../../lib/format";
import { useNow } from "../../ui/useNow";
import classes from "./WaitingSince.module.css";

/** The day since when something waits, of today the time as well, and for how many days by now; exact on hover. */
export function WaitingSince({ at }: { at: string }) {
  const formats = useFormats();
  const days = formats.daysSince(at, useNow());
  return (
    <Tooltip label={formats.exact(at)}>
      <span className={classes.since}>
        <time dateTime={at}>{days > 0 ? formats.date(at) : formats.dateTime(at)}</time>
        {days > 0 && <span className={classes.days}>{` (${formats.days(days)})`}</span>}
      </span>
    </Tooltip>
  );
}
