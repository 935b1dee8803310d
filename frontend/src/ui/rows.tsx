import { createLink, type LinkComponent } from "@tanstack/react-router";
import { type AnchorHTMLAttributes, createContext, type Ref, use } from "react";

// Only the active row is a stop of the Tab key; within it, all of its controls are.
export const RowContext = createContext<{ active: boolean }>({ active: true });

/** The tabIndex of a control inside a DataTable row. */
export function useRowTabIndex(): 0 | -1 {
  return use(RowContext).active ? 0 : -1;
}

function Anchor({
  ref,
  children,
  ...rest
}: AnchorHTMLAttributes<HTMLAnchorElement> & { ref?: Ref<HTMLAnchorElement> }) {
  return (
    <a {...rest} ref={ref} tabIndex={useRowTabIndex()} data-row-link="">
      {children}
    </a>
  );
}

/** The link that a row stands for: arrow keys move between these, a click anywhere on the row follows it. */
export const RowLink: LinkComponent<typeof Anchor> = createLink(Anchor);
