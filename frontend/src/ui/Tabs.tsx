import { Link, type LinkProps } from "@tanstack/react-router";
import classes from "./Tabs.module.css";

export interface Tab {
  key: string;
  label: string;
  /** Where it leads: the page itself, with another part of it. */
  link: LinkProps;
}

/** The parts of a page, one at a time; each has an address of its own. */
export function Tabs({ label, tabs, current }: { label: string; tabs: readonly Tab[]; current: string }) {
  return (
    <nav aria-label={label}>
      <ul className={classes.tabs}>
        {tabs.map(({ key, label, link }) => (
          <li key={key}>
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
