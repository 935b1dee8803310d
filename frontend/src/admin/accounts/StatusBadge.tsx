import { useTranslation } from "react-i18next";
import type { AccountStatus } from "../../gen/graphql";
import { Badge } from "../../ui/Badge";

/** That an account is not in use; nothing for one that is. */
export function StatusBadge({ status }: { status: AccountStatus }) {
  const { t } = useTranslation();
  if (status === "ACTIVE") return null;
  return <Badge tone={status === "CLOSED" ? "bad" : "neutral"}>{t(`membership.status.${status}`)}</Badge>;
}
