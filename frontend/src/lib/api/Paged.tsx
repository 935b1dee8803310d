import type { ReactNode } from "react";
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
  return (
    <>
      {rows.length === 0 && loading && <TimelineLoading label={label} />}
      {rows.length === 0 && !loading && !fault && empty}
      {rows.length > 0 && children}
      {fault && <ErrorState fault={fault} onRetry={rows.length > 0 && more ? fetchMore : retry} />}
      {more && !fault && <More loading={loading} onMore={fetchMore} />}
    </>
  );
}
