import { Outlet } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { chooseLanguage, type Language, languages } from "../../lib/i18n";
import { useSession } from "../../lib/session/useSession";
import { Logo } from "../../ui/Logo";
import { SkipLink } from "../../ui/SkipLink";
import classes from "./DoorFrame.module.css";

/** What stands around the pages in front of the door: whose house it is, and in which language to speak. */
export function DoorFrame() {
  const { t, i18n } = useTranslation();
  const { installation } = useSession();
  return (
    <div className={classes.frame}>
      <SkipLink />
      <main className={classes.main} id="main" tabIndex={-1}>
        <div className={classes.brand}>
          <Logo size={30} />
          {installation.company}
        </div>
        <Outlet />
      </main>
      <footer className={classes.foot}>
        <fieldset style={{ display: "contents" }} aria-label={t("frame.language")}>
          {(Object.keys(languages) as Language[]).map((language) => (
            <button
              key={language}
              type="button"
              lang={language}
              aria-pressed={i18n.resolvedLanguage === language}
              onClick={() => void chooseLanguage(language)}
            >
              {languages[language]}
            </button>
          ))}
        </fieldset>
      </footer>
    </div>
  );
}
