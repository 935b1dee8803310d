import { Skeleton, VisuallyHidden } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import {
  columnVisibilityFeature,
  createColumnHelper,
  type RowData,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import type { Fault } from "../lib/api/fault";
import classes from "./DataTable.module.css";
import { ErrorState } from "./ErrorState";
import { RowContext } from "./rows";
import { useNarrow } from "./useNarrow";

export const directions = ["ASC", "DESC"] as const;

/** The API's OrderDirection. */
export type Direction = (typeof directions)[number];

export interface Column<Row> {
  id: string;
  /** The heading, in words. */
  header: string;
  /** The heading is read out but not shown, as over icons and menus. */
  headerHidden?: boolean;
  cell: (row: Row) => ReactNode;
  /** The API's name of the order; without it the column can't be sorted. */
  sort?: string;
  /** The first click sorts this way; ASC unless told. */
  sortFirst?: Direction;
  /** CSS width: "6rem", "20%". At least one column should have none. */
  width?: string;
  align?: "start" | "center" | "end";
}

export interface Sort {
  field: string;
  direction: Direction;
}

interface Props<Row extends RowData> {
  /** What is listed, for screen readers. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowId: (row: Row) => string;
  /** The ids of columns that are not shown. */
  hidden?: readonly string[];
  sort?: Sort;
  onSort?: (sort: Sort) => void;
  /** What a row shows where the screen is too narrow for columns. Give each row a RowLink here too. */
  compact?: (row: Row) => ReactNode;
  /** Something is on its way: without rows, skeletons stand in; with rows, a line runs along the top. */
  loading?: boolean;
  fault?: Fault;
  onRetry?: () => void;
  /** What is shown when there are no rows. */
  empty: ReactNode;
  /** There are more rows than those given. */
  more?: boolean;
  /** The last rows come near: time to fetch more. */
  onEndNear?: () => void;
  /** How many rows there are in all, when known. */
  total?: number;
  /** The narrowest that all columns can be shown in; below, the table scrolls sideways. */
  minWidth?: string;
}

const features = tableFeatures({ columnVisibilityFeature });
const rowHeight = 42;
const compactHeight = 60;

/**
 * A long list: only the rows in sight are in the document, the header stays, arrow keys move from row to row
 * (Home, End, Page keys too), Enter follows the row's link.
 */
export function DataTable<Row extends RowData>({
  label,
  columns,
  rows,
  rowId,
  hidden = [],
  sort,
  onSort,
  compact,
  loading = false,
  fault,
  onRetry,
  empty,
  more = false,
  onEndNear,
  total,
  minWidth = "48rem",
}: Props<Row>) {
  const { t } = useTranslation();
  const narrow = useNarrow();
  const asCards = Boolean(narrow && compact);

  const definitions = useMemo(() => {
    const helper = createColumnHelper<typeof features, Row>();
    return columns.map((column) =>
      helper.display({ id: column.id, header: column.header, cell: ({ row }) => column.cell(row.original) }),
    );
  }, [columns]);
  const byId = useMemo(() => new Map(columns.map((column) => [column.id, column])), [columns]);
  const columnVisibility = useMemo(() => Object.fromEntries(hidden.map((id) => [id, false])), [hidden]);
  const table = useTable({
    features,
    columns: definitions,
    data: rows as Row[],
    getRowId: rowId,
    state: { columnVisibility },
  });
  const models = table.getRowModel().rows;

  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: models.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (asCards ? compactHeight : rowHeight),
    getItemKey: (index) => models[index]?.id ?? index,
    overscan: 8,
  });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);

  // A new list begins at its top.
  const listKey = `${sort?.field} ${sort?.direction}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the order changes, and only then
  useEffect(() => virtual.scrollToOffset(0), [listKey]);

  const near = (items.at(-1)?.index ?? 0) >= models.length - 20;
  useEffect(() => {
    if (more && near && !loading && !fault && models.length > 0) onEndNear?.();
  }, [more, near, loading, fault, models.length, onEndNear]);

  const [wanted, setWanted] = useState(0);
  const active = Math.min(wanted, Math.max(0, models.length - 1));
  // The row that a key leads to, until it has the focus. An effect of an earlier render may still be waiting when the
  // key comes, and must not take it for its own row.
  const move = useRef<number>(undefined);
  useEffect(() => {
    if (move.current !== active) return;
    const link = scroller.current?.querySelector<HTMLElement>(`[data-index="${active}"] [data-row-link]`);
    if (!link) return;
    move.current = undefined;
    link.focus({ preventScroll: true });
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>("tr[data-index]");
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / rowHeight) - 1);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -models.length, End: models.length }[
      event.key
    ];
    if (step === undefined) return;
    event.preventDefault();
    const target = Math.min(models.length - 1, Math.max(0, Number(row.dataset.index) + step));
    move.current = target;
    setWanted(target);
    virtual.scrollToIndex(target, { align: "auto" });
  };
  const onClick = (event: MouseEvent<HTMLTableRowElement>) => {
    const target = event.target as HTMLElement;
    if (target.closest("a, button, input, label, [role=menu]") || !event.currentTarget.contains(target)) return;
    if (window.getSelection()?.toString()) return;
    event.currentTarget.querySelector<HTMLElement>("[data-row-link]")?.click();
  };

  const leaves = table.getHeaderGroups()[0]?.headers ?? [];
  const count = asCards ? 1 : leaves.length;
  const waiting = loading && models.length === 0;
  return (
    <div className={classes.frame}>
      {loading && !waiting && <div className={classes.progress} aria-hidden="true" />}
      <section ref={scroller} className={classes.scroller} aria-label={label} tabIndex={models.length > 0 ? -1 : 0}>
        <table
          className={`${classes.table} ${classes.link} ${asCards ? classes.compact : ""}`}
          style={asCards ? undefined : { minInlineSize: minWidth }}
          aria-label={label}
          aria-rowcount={more ? (total ?? -1) : models.length + 1}
          aria-busy={loading}
          onKeyDown={onKeyDown}
        >
          {!asCards && (
            <colgroup>
              {leaves.map(({ column }) => (
                <col key={column.id} style={width(byId.get(column.id)?.width)} />
              ))}
            </colgroup>
          )}
          <thead>
            <tr aria-rowindex={1}>
              {asCards ? (
                <th scope="col">
                  <VisuallyHidden>{label}</VisuallyHidden>
                </th>
              ) : (
                leaves.map(({ column }) => {
                  const own = byId.get(column.id);
                  return own && <Heading key={column.id} column={own} sort={sort} onSort={onSort} />;
                })
              )}
            </tr>
          </thead>
          <tbody>
            {waiting && <Skeletons columns={count} label={t("table.loading")} />}
            {before > 0 && <Space height={before} columns={count} />}
            {items.map((item) => {
              const row = models[item.index];
              return (
                row && (
                  <tr
                    key={row.id}
                    className={classes.row}
                    data-index={item.index}
                    aria-rowindex={item.index + 2}
                    ref={asCards ? virtual.measureElement : undefined}
                    onClick={onClick}
                    onFocus={() => setWanted(item.index)}
                  >
                    <RowContext value={item.index === active ? here : elsewhere}>
                      {asCards && compact ? (
                        <td>{compact(row.original)}</td>
                      ) : (
                        row.getVisibleCells().map((cell) => (
                          <td key={cell.id} className={classes[byId.get(cell.column.id)?.align ?? "start"]}>
                            <table.FlexRender cell={cell} />
                          </td>
                        ))
                      )}
                    </RowContext>
                  </tr>
                )
              );
            })}
            {after > 0 && <Space height={after} columns={count} />}
          </tbody>
        </table>
        {more && models.length > 0 && !fault && (
          <div className={classes.more}>{loading ? t("table.loadingMore") : ""}</div>
        )}
        {fault && models.length > 0 && <ErrorState fault={fault} onRetry={onRetry} />}
      </section>
      {models.length === 0 && !waiting && (
        <div className={classes.state}>{fault ? <ErrorState fault={fault} onRetry={onRetry} /> : empty}</div>
      )}
    </div>
  );
}

const here = { active: true };
const elsewhere = { active: false };

const width = (value: string | undefined): CSSProperties | undefined => (value ? { inlineSize: value } : undefined);

function Heading<Row>({ column, sort, onSort }: { column: Column<Row>; sort?: Sort; onSort?: (sort: Sort) => void }) {
  const { header, headerHidden, align = "start", sort: field, sortFirst = "ASC" } = column;
  const text = headerHidden ? <VisuallyHidden>{header}</VisuallyHidden> : header;
  if (!field || !onSort) {
    return (
      <th scope="col" className={classes[align]}>
        <span className={classes.label}>{text}</span>
      </th>
    );
  }
  const on = sort?.field === field ? sort.direction : undefined;
  const next: Direction = on ? (on === "ASC" ? "DESC" : "ASC") : sortFirst;
  const Arrow = (on ?? next) === "ASC" ? IconArrowUp : IconArrowDown;
  return (
    <th scope="col" className={classes[align]} aria-sort={on && (on === "ASC" ? "ascending" : "descending")}>
      <button
        type="button"
        className={`${classes.sort} ${on ? classes.sorted : ""}`}
        onClick={() => onSort({ field, direction: next })}
      >
        {text}
        <Arrow size={13} stroke={2} aria-hidden="true" />
      </button>
    </th>
  );
}

function Space({ height, columns }: { height: number; columns: number }) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row of nothing but height has no focus to lose
    <tr className={classes.space} aria-hidden="true">
      <td colSpan={columns} style={{ blockSize: height }} />
    </tr>
  );
}

function Skeletons({ columns, label }: { columns: number; label: string }) {
  return Array.from({ length: 12 }, (_, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
    <tr key={row} aria-hidden={row > 0}>
      {Array.from({ length: columns }, (_, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <td key={column}>
          {row === 0 && column === 0 && <VisuallyHidden>{label}</VisuallyHidden>}
          <Skeleton height={10} width={`${45 + ((row * 7 + column * 13) % 40)}%`} radius="xs" />
        </td>
      ))}
    </tr>
  ));
}
