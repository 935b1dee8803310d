import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useSession } from "../../lib/session/useSession";
import { DoorCard } from "./DoorCard";

/** Behind a link that does not stand: unknown, used, replaced or too old. All read the same. */
export function LinkOver({ text, again }: { text: string; again?: "/forgot-password" }) {
  const { t } = useTranslation("client");
  const { viewer } = useSession();
  return (
    <DoorCard title={t("link.over")} lead={text} arrived>
      <Button component={Link} to={again ?? "/sign-in"} fullWidth>
        {t(again ? "link.again" : viewer.kind === "ANONYMOUS" ? "link.signIn" : "link.goOn")}
      </Button>
    </DoorCard>
  );
}
