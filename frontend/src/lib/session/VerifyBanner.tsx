import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Banner } from "../../ui/Banner";
import { ResendVerification } from "./ResendVerification";
import { useSession } from "./useSession";
import classes from "./VerifyBanner.module.css";

const storageKey = "roster.verifyLater";

/** Asks for the proof of the address until it is given, and never stands in the way: it can be put off to the next sign-in. */
export function VerifyBanner() {
  const { t } = useTranslation();
  const { user } = useSession().viewer;
  const [putOff, setPutOff] = useState(read);
  // Each sign-in has a moment of its own, so what was put off in one is not in the next.
  const signIn = user?.lastLoginAt ?? "";
  if (!user || user.emailVerified || putOff === signIn) return null;
  const { email } = user;
  return (
    <section className={classes.place} aria-label={t("verifyBanner.text", { email })}>
      <Banner tone="warn">
        <div className={classes.line}>
          <p>{t("verifyBanner.text", { email })}</p>
          <ResendVerification email={email} />
          <Button
            variant="subtle"
            color="gray"
            size="xs"
            onClick={() => {
              keep(signIn);
              setPutOff(signIn);
            }}
          >
            {t("verifyBanner.later")}
          </Button>
        </div>
      </Banner>
    </section>
  );
}

function read(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

function keep(signIn: string): void {
  try {
    localStorage.setItem(storageKey, signIn);
  } catch {
    // Storage is closed: it comes back with the next page load.
  }
}
