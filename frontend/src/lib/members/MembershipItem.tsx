import { Link, type LinkProps } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import type { AccountStatus } from "../../gen/graphql";
import { Badge } from "../../ui/Badge";
import { RelativeTime } from "../../ui/RelativeTime";
import { useFormats } from "../format";
import classes from "./MembershipItem.module.css";
import { PermissionList } from "./PermissionList";

const MembershipItemFragment = graphql(`
  fragment MembershipItem_membership on Membership {
    owner
    permissions
    lastSeenAt
    endsAt
    ended
    account {
      id
      number
      name
      status
    }
  }
`);

/** An account that somebody can reach, and what they may do in it. Stands in a list. */
export function MembershipItem({
  membership,
  whose,
  to,
}: {
  membership: FragmentType<typeof MembershipItemFragment>;
  /** Whether the reader is meant, or somebody else. */
  whose: "own" | "other";
  /** Leads to the account's page. */
  to?: (account: { number: number; status: AccountStatus }) => LinkProps | undefined;
}) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { account, owner, permissions, lastSeenAt, endsAt, ended } = readFragment(MembershipItemFragment, membership);
  const link = to?.(account);
  return (
    <li className={classes.item}>
      <div className={classes.head}>
        <h3 className={classes.name}>{link ? <Link {...link}>{account.name}</Link> : account.name}</h3>
        <span className={classes.number}>#{account.number}</span>
        {owner && <Badge tone="accent">{t("membership.owner")}</Badge>}
        {account.status !== "ACTIVE" && <Badge>{t(`membership.status.${account.status}`)}</Badge>}
        {ended ? (
          <Badge tone="bad">{t("permissions.ended")}</Badge>
        ) : (
          endsAt && <Badge tone="warn">{t("permissions.endsOn", { date: formats.date(endsAt) })}</Badge>
        )}
        <span className={classes.seen}>
          {t("field.label", { label: t("membership.lastSeen") })} <RelativeTime at={lastSeenAt} />
        </span>
      </div>
      <p className={classes.may}>
        {owner ? (
          t(`membership.ownerMay.${whose}`)
        ) : permissions.length === 0 ? (
          t(`membership.mayNothing.${whose}`)
        ) : (
          <PermissionList permissions={permissions} />
        )}
      </p>
    </li>
  );
}
