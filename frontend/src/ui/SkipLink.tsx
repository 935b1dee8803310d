import { useTranslation } from "react-i18next";
import classes from "./SkipLink.module.css";

/** The first stop of the Tab key: past the navigation to the page (WCAG 2.4.1). The page's <main> has the id "main". */
export function SkipLink() {
  const { t } = useTranslation();
  return (
    // biome-ignore lint/a11y/useValidAnchor: a link by custom; the router must not take the hash for a place to go
    <a
      className={classes.skip}
      href="#main"
      onClick={(event) => {
        event.preventDefault();
        document.getElementById("main")?.focus();
      }}
    >
      {t("frame.skip")}
    </a>
  );
}
