import { IconCrown, IconUser } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import { Badge } from "../../ui/Badge";
import { Item } from "../../ui/Items";
import { Ltr } from "../../ui/Ltr";
import { RelativeTime } from "../../ui/RelativeTime";
import { useFormats } from "../format";
import { PermissionList } from "./PermissionList";

const MemberItemFragment = graphql(`
  fragment MemberItem_membership on Membership {
    owner
    ended
    endsAt
    permissions
    lastSeenAt
    user {
      id
      name
      email
      twoFactorEnabled
    }
  }
`);

interface Props {
  membership: FragmentType<typeof MemberItemFragment>;
  /** The name as a link, where there is a page of the user. */
  name?: ReactNode;
  /** More to say beside the name. */
  mark?: ReactNode;
  actions?: ReactNode;
}

/** A member of an account in Items: who they are, what they may do there, and when they were last seen on it. */
export function MemberItem({ membership, name, mark, actions }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { owner, ended, endsAt, permissions, lastSeenAt, user } = readFragment(MemberItemFragment, membership);
  return (
    <Item
      icon={owner ? IconCrown : IconUser}
      title={name || user.name}
      mark={
        <>
          {owner && <Badge tone="accent">{t("membership.owner")}</Badge>}
          {ended ? (
            <Badge tone="bad">{t("permissions.ended")}</Badge>
          ) : (
            endsAt && <Badge tone="warn">{t("permissions.endsOn", { date: formats.date(endsAt) })}</Badge>
          )}
          {user.twoFactorEnabled && <Badge tone="good">{t("members.twoFactor")}</Badge>}
          {mark}
        </>
      }
      actions={actions}
    >
      <Ltr>{user.email}</Ltr>
      {" · "}
      {t("field.label", { label: t("membership.lastSeen") })} <RelativeTime at={lastSeenAt} />
      <br />
      {owner ? t("membership.ownerMay.other") : <PermissionList permissions={permissions} />}
    </Item>
  );
}
