import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { DoorCard } from "./DoorCard";

/** Behind a link that does not stand: unknown, used, replaced or too old. All read the same. */
export function LinkOver({ text, again }: { text: string; again?: "/forgot-password" }) {
  const { t } = useTranslation("client");
  return (
    <DoorCard title={t("link.over")} lead={text} arrived>
      <Button component={Link} to={again ?? "/sign-in"} fullWidth>
        {t(again ? "link.again" : "link.signIn")}
      </Button>
    </DoorCard>
  );
}
