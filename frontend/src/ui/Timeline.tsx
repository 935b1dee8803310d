import { Button, Skeleton } from "@mantine/core";
import type { Icon } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../lib/format";
import classes from "./Timeline.module.css";

// Who asked for more goes on reading there; the button that they pressed is gone.
const takeFocus = (list: HTMLUListElement | null) => list?.focus({ preventScroll: true });

interface TimelineProps {
  label: string;
  /** It was asked for by the button of TimelineMore. */
  further?: boolean;
  children: ReactNode;
}

/** What happened, in a Section that is `flush`: a list of TimelineEntry. */
export function Timeline({ label, further, children }: TimelineProps) {
  return (
    <ul className={classes.list} aria-label={label} tabIndex={-1} ref={further ? takeFocus : undefined}>
      {children}
    </ul>
  );
}

interface EntryProps {
  icon: Icon;
  /** What was refused, or was done by somebody else. */
  notable?: boolean;
  title: string;
  /** Words about it; empty ones are left out. */
  facts: readonly (string | null | undefined)[];
  at: string;
  /** Only the day is known. */
  dayOnly?: boolean;
}

/** One thing that happened. */
export function TimelineEntry({ icon: Sign, notable, title, facts, at, dayOnly }: EntryProps) {
  const formats = useFormats();
  return (
    <li className={classes.entry}>
      <Sign size={18} stroke={1.7} className={notable ? classes.notable : classes.usual} aria-hidden="true" />
      <p className={classes.title}>{title}</p>
      <p className={classes.facts}>{facts.map((fact) => fact && <span key={fact}>{fact}</span>)}</p>
      <time className={classes.at} dateTime={at}>
        {dayOnly ? formats.date(at) : formats.dateTime(at)}
      </time>
    </li>
  );
}

/** The button under a Timeline that has more, and then what `children` makes of it. */
export function TimelineMore({ children }: { children: () => ReactNode }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  if (open) return children();
  return (
    <div className={classes.foot}>
      <Button variant="default" size="xs" onClick={() => setOpen(true)}>
        {t("list.more")}
      </Button>
    </div>
  );
}

/** While a Timeline loads. */
export function TimelineLoading({ label }: { label: string }) {
  return (
    <div role="status" aria-label={label} className={classes.wait}>
      <Skeleton height={12} width="46%" my="sm" radius="xs" />
      <Skeleton height={12} width="64%" my="sm" radius="xs" />
    </div>
  );
}
