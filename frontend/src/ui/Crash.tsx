import { Button } from "@mantine/core";
import { IconMoodSad } from "@tabler/icons-react";
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { SessionFault } from "../lib/api/api";
import { Denied } from "../lib/session/guards";
import { AccessDenied } from "./AccessDenied";
import { ErrorState } from "./ErrorState";
import { Notice } from "./Notice";
import { useTitle } from "./useTitle";

/** A page that could not be shown: refused, not loaded, or broken by a fault of ours. */
export function Crash({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();
  const again = () => {
    reset();
    void router.invalidate();
  };
  if (error instanceof Denied) return <AccessDenied permission={error.permission} />;
  if (error instanceof SessionFault) return <ErrorState fault={error.fault} onRetry={again} page />;
  return <Broken onRetry={again} text={t("crash.text")} />;
}

function Broken({ onRetry, text }: { onRetry: () => void; text: string }) {
  const { t } = useTranslation();
  useTitle(t("crash.title"));
  return (
    <Notice
      page
      urgent
      icon={IconMoodSad}
      title={t("crash.title")}
      actions={
        <>
          <Button onClick={onRetry}>{t("error.retry")}</Button>
          <Button variant="default" onClick={() => window.location.reload()}>
            {t("crash.reload")}
          </Button>
        </>
      }
    >
      {text}
    </Notice>
  );
}
