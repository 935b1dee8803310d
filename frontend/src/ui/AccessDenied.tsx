import { Button } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { AdminPermission } from "../gen/graphql";
import { Notice } from "./Notice";
import { useTitle } from "./useTitle";

/** The page needs more than the viewer may do; says what, so that they know what to ask for. */
export function AccessDenied({ permission }: { permission?: AdminPermission }) {
  const { t } = useTranslation();
  useTitle(t("denied.title"));
  return (
    <Notice
      page
      icon={IconLock}
      title={t("denied.title")}
      actions={
        <Button component={Link} to="/account" variant="default">
          {t("denied.account")}
        </Button>
      }
    >
      {permission ? t("denied.permission", { permission: t(`adminPermission.${permission}`) }) : t("denied.staff")}
    </Notice>
  );
}
