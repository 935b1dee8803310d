import { Tooltip } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { capital } from "../lib/capital";
import { useFormats } from "../lib/format";

// One clock for all of them; it ticks only while some are shown.
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = Date.now();

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    now = Date.now();
    timer = setInterval(() => {
      now = Date.now();
      for (const tell of listeners) tell();
    }, 30_000);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(timer);
  };
}

/** "3 days ago", exact on hover; `never` (or "Never") when there is no moment. */
export function RelativeTime({ at, never }: { at: string | null | undefined; never?: string }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const current = useSyncExternalStore(subscribe, () => now);
  if (!at) return <span>{never ?? t("time.never")}</span>;
  return (
    <Tooltip label={formats.exact(at)}>
      <time dateTime={at}>{capital(formats.relative(at, current))}</time>
    </Tooltip>
  );
}
