import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Page.module.css";
import { useTitle } from "./useTitle";

export interface Crumb {
  label: string;
  /** Where it leads; a heading of the navigation leads nowhere. */
  to?: string;
}

interface Props {
  title: string;
  /** Beside the title, such as a badge. */
  mark?: ReactNode;
  /** A sentence under the title. */
  lead?: ReactNode;
  crumbs?: readonly Crumb[];
  actions?: ReactNode;
  /** The page is as high as the window and scrolls inside, as tables do. Otherwise it is as long as it is, and readably narrow. */
  fill?: boolean;
  /** The page is as wide as the window, for what stands side by side. */
  wide?: boolean;
  children: ReactNode;
}

/** A page of the admin or client area: where one is, what can be done here, and the thing itself. */
export function Page({ title, mark, lead, crumbs = [], actions, fill = false, wide = false, children }: Props) {
  const { t } = useTranslation();
  useTitle(title);
  return (
    <div className={`${classes.page} ${fill ? classes.fill : wide ? "" : classes.narrow}`}>
      <header className={classes.head}>
        <div className={classes.words}>
          {crumbs.length > 0 && (
            <nav aria-label={t("page.crumbs")}>
              <ol className={classes.crumbs}>
                {crumbs.map(({ label, to }) => (
                  <li key={label}>
                    {to ? (
                      // Being below it is not being there.
                      <Link to={to} activeOptions={{ exact: true }}>
                        {label}
                      </Link>
                    ) : (
                      label
                    )}
                  </li>
                ))}
              </ol>
            </nav>
          )}
          <h1 className={classes.title}>
            {title} {mark}
          </h1>
          {lead && <p className={classes.lead}>{lead}</p>}
        </div>
        {actions && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}
