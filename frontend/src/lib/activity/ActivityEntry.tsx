import { IconUser, IconUserShield } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import { TimelineEntry } from "../../ui/Timeline";

const ActivityEntryFragment = graphql(`
  fragment ActivityEntry_activity on Activity {
    at
    action
    by
    byName
    userName
    accountName
    reason
  }
`);

/** Whose page it stands on: their own name says nothing there. */
export type Side = "self" | "user" | "account";

interface Props {
  activity: FragmentType<typeof ActivityEntryFragment>;
  on: Side;
}

/** Something that was done to a user or an account, in a Timeline. */
export function ActivityEntry({ activity: masked, on }: Props) {
  const { t } = useTranslation();
  const { at, action, by, byName, userName, accountName, reason } = readFragment(ActivityEntryFragment, masked);
  const named = byName && (on === "account" || by !== "SELF");
  return (
    <TimelineEntry
      icon={by === "STAFF" ? IconUserShield : IconUser}
      notable={by === "STAFF"}
      title={t(`activity.action.${action}`)}
      facts={[
        on === "account" && userName && userName !== byName ? t("activity.user", { name: userName }) : undefined,
        on !== "account" && accountName ? t("activity.account", { name: accountName }) : undefined,
        named
          ? t(`activity.byName.${by}`, { name: byName })
          : t(by === "SELF" && on !== "self" ? "activity.byUser" : `activity.by.${by}`),
        reason && t("activity.reason", { reason }),
      ]}
      at={at}
    />
  );
}
