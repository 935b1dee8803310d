import classes from "./Ltr.module.css";

/**
 * An e-mail address, a code or a link: read from left to right in every language. Too long for its place, it loses its
 * own end, not its beginning.
 */
export function Ltr({ children, title }: { children: string; title?: string }) {
  return (
    <bdi dir="ltr" className={classes.ltr} title={title}>
      {children}
    </bdi>
  );
}
