import { IconEyeCheck, IconFileCertificate, IconLock, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Section } from "../../ui/Section";
import classes from "./CareSection.module.css";

/** What is asked and why, and what becomes of the pictures; `keepDays`: for how long they are kept. */
export function CareSection({ keepDays }: { keepDays: number }) {
  const { t } = useTranslation("client");
  const points = [
    [IconFileCertificate, t("identity.care.what")],
    [IconEyeCheck, t("identity.care.who")],
    [IconLock, t("identity.care.sealed")],
    [IconTrash, t("identity.care.kept", { count: keepDays })],
  ] as const;
  return (
    <Section title={t("identity.care.title")}>
      <ul className={classes.points}>
        {points.map(([Sign, text]) => (
          <li key={text}>
            <Sign size={18} stroke={1.7} aria-hidden="true" />
            {text}
          </li>
        ))}
      </ul>
    </Section>
  );
}
