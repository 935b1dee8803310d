import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Banner } from "../../ui/Banner";
import { useFormats } from "../format";
import { useSession } from "./useSession";

/** Warns who must have a second factor and has none yet: when nothing opens any more without one. */
export function TwoFactorBanner() {
  const { t } = useTranslation();
  const formats = useFormats();
  const { twoFactorDueAt } = useSession().viewer;
  if (!twoFactorDueAt) return null;
  return (
    <div style={{ padding: "1rem clamp(1rem, 3vw, 2.25rem) 0" }}>
      <Banner tone="warn">
        {t("twoFactorDue.text", { date: formats.dateTime(twoFactorDueAt) })}{" "}
        <Link to="/security">{t("twoFactorDue.link")}</Link>
      </Banner>
    </div>
  );
}
