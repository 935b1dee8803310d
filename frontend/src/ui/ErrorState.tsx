import { Button } from "@mantine/core";
import { IconCloudOff, IconLock, IconMoodSad } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Fault } from "../lib/api/fault";
import { faultText } from "../lib/api/faultText";
import { Notice } from "./Notice";

/** Content that could not be loaded: says why, and tries again. */
export function ErrorState({ fault, onRetry, page }: { fault: Fault; onRetry?: () => void; page?: boolean }) {
  const { t } = useTranslation();
  const icon = fault.code === "OFFLINE" ? IconCloudOff : fault.code === "FORBIDDEN" ? IconLock : IconMoodSad;
  return (
    <Notice
      icon={icon}
      title={t("error.title")}
      page={page}
      urgent
      actions={
        onRetry && (
          <Button variant="default" onClick={onRetry}>
            {t("error.retry")}
          </Button>
        )
      }
    >
      {faultText(t, fault)}
    </Notice>
  );
}
