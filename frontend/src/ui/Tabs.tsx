import { Link, type LinkProps } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import classes from "./Tabs.module.css";

export interface Tab {
  key: string;
  label: string;
  /** Where it leads: the page itself, with another part of it. */
  link: LinkProps;
}

/** The parts of a page, one at a time; each has an address of its own. */
export function Tabs({ label, tabs, current }: { label: string; tabs: readonly Tab[]; current: string }) {
  const list = useRef<HTMLUListElement>(null);
  // On a narrow screen the row is longer than the page: the part that is shown must not be out of sight.
  useEffect(() => {
    const { current: row } = list;
    const tab = row?.querySelector<HTMLElement>(`[data-tab="${current}"]`);
    if (row && tab) row.scrollLeft = tab.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  }, [current]);
  return (
    <nav aria-label={label}>
      <ul ref={list} className={classes.tabs}>
        {tabs.map(({ key, label, link }) => (
          <li key={key} data-tab={key}>
            <Link
              {...link}
              className={classes.tab}
              activeOptions={{ exact: true, includeSearch: true, explicitUndefined: true }}
              aria-current={key === current ? "page" : undefined}
            >
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
