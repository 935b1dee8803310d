import { IconBulb } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import classes from "./Hints.module.css";
import type { Hint } from "./quality";

/** What would make a picture better. It is read out when it comes, and refuses nothing. */
export function Hints({ hints }: { hints: readonly Hint[] }) {
  const { t } = useTranslation("client");
  return (
    <ul className={classes.hints} aria-live="polite">
      {hints.map((hint) => (
        <li key={hint}>
          <IconBulb size={16} stroke={1.7} aria-hidden="true" />
          {t(`identity.hint.${hint}`)}
        </li>
      ))}
    </ul>
  );
}
