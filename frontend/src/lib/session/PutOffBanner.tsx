import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Banner } from "../../ui/Banner";
import classes from "./PutOffBanner.module.css";

interface Props {
  /** Where it is kept for which occasion it was put off. */
  storageKey: string;
  /** What it is put off for; with another one it comes back. */
  occasion: string;
  text: string;
  /** What can be done about it. */
  children: ReactNode;
}

/** Asks for something, and never stands in the way: it can be put off. */
export function PutOffBanner({ storageKey, occasion, text, children }: Props) {
  const { t } = useTranslation();
  const [putOff, setPutOff] = useState(() => read(storageKey));
  if (putOff === occasion) return null;
  return (
    <section className={classes.place} aria-label={text}>
      <Banner tone="warn">
        <div className={classes.line}>
          <p>{text}</p>
          {children}
          <Button
            variant="subtle"
            color="gray"
            size="xs"
            onClick={() => {
              keep(storageKey, occasion);
              setPutOff(occasion);
            }}
          >
            {t("verifyBanner.later")}
          </Button>
        </div>
      </Banner>
    </section>
  );
}

function read(storageKey: string): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

function keep(storageKey: string, occasion: string): void {
  try {
    localStorage.setItem(storageKey, occasion);
  } catch {
    // Storage is closed: it comes back with the next page load.
  }
}
