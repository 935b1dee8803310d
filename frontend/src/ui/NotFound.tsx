import { Button } from "@mantine/core";
import { IconMapSearch } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Notice } from "./Notice";
import { useTitle } from "./useTitle";

/** There is no such page, or nothing that the viewer may see. */
export function NotFound() {
  const { t } = useTranslation();
  useTitle(t("notFound.title"));
  return (
    <Notice
      page
      icon={IconMapSearch}
      title={t("notFound.title")}
      actions={
        <Button component={Link} to="/" variant="default">
          {t("notFound.home")}
        </Button>
      }
    >
      {t("notFound.text")}
    </Notice>
  );
}
