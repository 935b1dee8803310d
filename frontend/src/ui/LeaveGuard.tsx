import { useBlocker } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ConfirmDialog } from "./ConfirmDialog";

/** Asks before the page, a tab of it or the window is left with so many changes that were not saved. */
export function LeaveGuard({ changes }: { changes: number }) {
  const { t } = useTranslation();
  const blocker = useBlocker({
    shouldBlockFn: () => changes > 0,
    enableBeforeUnload: () => changes > 0,
    withResolver: true,
  });
  if (blocker.status !== "blocked") return null;
  return (
    <ConfirmDialog
      opened
      onClose={blocker.reset}
      onConfirm={blocker.proceed}
      title={t("leave.title")}
      text={t("leave.text", { count: changes })}
      confirm={t("leave.discard")}
      danger
    />
  );
}
