import { useTranslation } from "react-i18next";
import { Badge } from "../../ui/Badge";
import type { UserRow } from "./userRow";

/** What is out of the ordinary about a user: that they are staff, or may not sign in. */
export function StateBadge({ user }: { user: Pick<UserRow, "state" | "role"> }) {
  const { t } = useTranslation("admin");
  return (
    <>
      {user.role && <Badge tone="accent">{t("users.staff")}</Badge>}
      {user.state === "SUSPENDED" && <Badge tone="warn">{t("state.SUSPENDED")}</Badge>}
      {user.state === "ERASED" && <Badge tone="bad">{t("state.ERASED")}</Badge>}
    </>
  );
}
