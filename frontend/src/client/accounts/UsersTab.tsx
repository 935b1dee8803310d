import { ActionIcon, Button, Menu } from "@mantine/core";
import { IconCrown, IconDots, IconKey, IconUserMinus, IconUserPlus } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import type { OwnMembersQuery } from "../../gen/graphql";
import { Paged } from "../../lib/api/Paged";
import { usePages } from "../../lib/api/usePages";
import { InvitationsSection } from "../../lib/members/InvitationsSection";
import { MemberItem } from "../../lib/members/MemberItem";
import { PermissionsDialog } from "../../lib/members/PermissionsDialog";
import { RemoveMemberDialog } from "../../lib/members/RemoveMemberDialog";
import { useSession } from "../../lib/session/useSession";
import { Badge } from "../../ui/Badge";
import { Items } from "../../ui/Items";
import { Section } from "../../ui/Section";
import { InviteDialog } from "./InviteDialog";
import { OfferOwnershipDialog } from "./OfferOwnershipDialog";
import { OfferSection } from "./OfferSection";

const OwnMembersDocument = graphql(`
  query OwnMembers($number: Int!, $after: String) {
    account(number: $number) {
      id
      members(first: 50, after: $after) {
        nodes {
          id
          owner
          ended
          user {
            id
            name
          }
          ...MemberItem_membership
          ...PermissionsDialog_membership
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

const read = ({ account }: OwnMembersQuery) =>
  account?.members && { rows: account.members.nodes, pageInfo: account.members.pageInfo };

type Member = NonNullable<NonNullable<OwnMembersQuery["account"]>["members"]>["nodes"][number];

const UsersTabFragment = graphql(`
  fragment UsersTab_account on Account {
    id
    number
    name
    viewerPermissions
    viewerMembership {
      id
      owner
    }
    ownershipOffer {
      membership {
        id
      }
    }
    ...OfferSection_account
  }
`);

type What = "permissions" | "owner" | "remove";

/** User Management: who can reach the account, what they may do, and who was invited. */
export function UsersTab({ account: masked }: { account: FragmentType<typeof UsersTabFragment> }) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const me = useSession().viewer.user?.id;
  const account = readFragment(UsersTabFragment, masked);
  const { number, viewerPermissions, viewerMembership } = account;
  const offered = account.ownershipOffer?.membership.id;
  const variables = useMemo(() => ({ number }), [number]);
  const list = usePages(OwnMembersDocument, variables, read);
  const [open, setOpen] = useState<{ what: What; member: Member }>();
  const [inviting, setInviting] = useState(false);
  const [round, setRound] = useState(0);
  const close = (done = false) => {
    setOpen(undefined);
    if (done) list.retry();
  };
  return (
    <>
      <Section
        title={c("members.title")}
        lead={c("members.lead")}
        actions={
          <Button
            size="xs"
            leftSection={<IconUserPlus size={15} stroke={1.8} aria-hidden="true" />}
            onClick={() => setInviting(true)}
          >
            {t("invite.action")}
          </Button>
        }
        flush
      >
        <Paged list={list} label={t("account.loading")}>
          <Items>
            {list.rows.map((member) => (
              <MemberItem
                key={member.id}
                membership={member}
                mark={
                  <>
                    {member.user.id === me && <Badge>{t("users.you")}</Badge>}
                    {member.id === offered && <Badge tone="warn">{t("ownership.mark")}</Badge>}
                  </>
                }
                actions={
                  !member.owner &&
                  member.user.id !== me && (
                    <MemberMenu
                      member={member}
                      mayOffer={Boolean(viewerMembership?.owner) && member.id !== offered && !member.ended}
                      onOpen={(what) => setOpen({ what, member })}
                    />
                  )
                }
              />
            ))}
          </Items>
        </Paged>
      </Section>
      <OfferSection account={account} onDone={list.retry} />
      <InvitationsSection key={round} number={number} may />
      {inviting && (
        <InviteDialog
          accountId={account.id}
          grantable={viewerPermissions}
          onClose={(done) => {
            setInviting(false);
            if (done) setRound((n) => n + 1);
          }}
        />
      )}
      {open?.what === "permissions" && (
        <PermissionsDialog membership={open.member} grantable={viewerPermissions} onClose={() => close()} />
      )}
      {open?.what === "remove" && <RemoveMemberDialog member={open.member} account={account.name} onClose={close} />}
      {open?.what === "owner" && <OfferOwnershipDialog member={open.member} account={account.name} onClose={close} />}
    </>
  );
}

interface MenuProps {
  member: Member;
  mayOffer: boolean;
  onOpen: (what: What) => void;
}

function MemberMenu({ member, mayOffer, onOpen }: MenuProps) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const icon = { size: 16, stroke: 1.7, "aria-hidden": true } as const;
  return (
    <Menu position="bottom-end" width={232}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={c("members.menuOf", { name: member.user.name })}>
          <IconDots size={17} stroke={1.8} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconKey {...icon} />} onClick={() => onOpen("permissions")}>
          {c("members.permissions")}
        </Menu.Item>
        {mayOffer && (
          <Menu.Item leftSection={<IconCrown {...icon} />} onClick={() => onOpen("owner")}>
            {t("ownership.action")}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconUserMinus {...icon} />} color="red" onClick={() => onOpen("remove")}>
          {c("removeMember.action")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
