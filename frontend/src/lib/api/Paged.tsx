import { type ReactNode, useEffect, useRef } from "react";
import { ErrorState } from "../../ui/ErrorState";
import { More } from "../../ui/More";
import { TimelineLoading } from "../../ui/Timeline";
import type { Pages } from "./usePages";

interface Props {
  /** What usePages found. */
  list: Pages<{ id: string }>;
  /** What the list is, while it is on its way. */
  label: string;
  /** Stands where there are no rows. */
  empty?: ReactNode;
  /** The rows. */
  children: ReactNode;
}

/** A list around its rows: on its way, refused, empty, and the way to more of it. */
export function Paged({ list: { rows, more, fetchMore, retry, loading, fault }, label, empty, children }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const asked = useRef(false);
  // With the last page the button goes, and with it the focus: it stays at the list.
  useEffect(() => {
    if (!asked.current || loading) return;
    asked.current = false;
    if (!more) place.current?.focus({ preventScroll: true });
  }, [loading, more]);
  const onMore = () => {
    asked.current = true;
    fetchMore();
  };
  return (
    <>
      {rows.length === 0 && loading && <TimelineLoading label={label} />}
      {rows.length === 0 && !loading && !fault && empty}
      {rows.length > 0 && (
        <div ref={place} tabIndex={-1} style={{ outline: "none" }}>
          {children}
        </div>
      )}
      {fault && <ErrorState fault={fault} onRetry={rows.length > 0 && more ? fetchMore : retry} />}
      {more && !fault && <More loading={loading} onMore={onMore} />}
    </>
  );
}
