import { ActionIcon, Menu } from "@mantine/core";
import { IconCrown, IconDots, IconHelp, IconKey, IconUserMinus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { MembersSectionQuery } from "../../gen/graphql";
import { Paged } from "../../lib/api/Paged";
import { usePages } from "../../lib/api/usePages";
import { MemberItem } from "../../lib/members/MemberItem";
import { PermissionsDialog } from "../../lib/members/PermissionsDialog";
import { RemoveMemberDialog } from "../../lib/members/RemoveMemberDialog";
import { useCan } from "../../lib/session/useSession";
import { Badge } from "../../ui/Badge";
import { Items } from "../../ui/Items";
import { Section } from "../../ui/Section";
import { MakeOwnerDialog } from "./MakeOwnerDialog";
import { WhyDialog } from "./WhyDialog";

const MembersSectionDocument = graphql(`
  query MembersSection($number: Int!, $after: String) {
    account(number: $number) {
      id
      name
      members(first: 50, after: $after) {
        nodes {
          id
          owner
          ended
          user {
            id
            number
            name
            state
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

const read = ({ account }: MembersSectionQuery) =>
  account?.members && { rows: account.members.nodes, pageInfo: account.members.pageInfo };

type Member = NonNullable<NonNullable<MembersSectionQuery["account"]>["members"]>["nodes"][number];

/** The members of an account, the owner first, with what can be done about each. */
export function MembersSection({ number, actions }: { number: number; actions?: ReactNode }) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const can = useCan();
  const variables = useMemo(() => ({ number }), [number]);
  const list = usePages(MembersSectionDocument, variables, read);
  const [open, setOpen] = useState<{ what: "permissions" | "owner" | "remove" | "why"; member: Member }>();
  const close = (done = false) => {
    setOpen(undefined);
    if (done) list.retry();
  };
  const account = list.first?.account;
  return (
    <Section title={c("members.title")} lead={c("members.lead")} actions={actions} flush>
      <Paged list={list} label={t("user.loading")}>
        <Items>
          {list.rows.map((member) => (
            <MemberItem
              key={member.id}
              membership={member}
              name={
                can("LIST_USERS") && (
                  <Link to="/admin/users/$number" params={{ number: String(member.user.number) }}>
                    {member.user.name}
                  </Link>
                )
              }
              mark={member.user.state === "SUSPENDED" && <Badge tone="warn">{t("state.SUSPENDED")}</Badge>}
              actions={<MemberMenu member={member} onOpen={(what) => setOpen({ what, member })} />}
            />
          ))}
        </Items>
      </Paged>
      {open?.what === "permissions" && <PermissionsDialog membership={open.member} onClose={() => close()} />}
      {open?.what === "owner" && account && (
        <MakeOwnerDialog member={open.member} account={account.name} onClose={close} />
      )}
      {open?.what === "remove" && account && (
        <RemoveMemberDialog member={open.member} account={account.name} onClose={close} />
      )}
      {open?.what === "why" && account && (
        <WhyDialog user={open.member.user} account={account} onClose={() => close()} />
      )}
    </Section>
  );
}

function MemberMenu({
  member,
  onOpen,
}: {
  member: Member;
  onOpen: (what: "permissions" | "owner" | "remove" | "why") => void;
}) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const may = useCan()("MANAGE_MEMBERSHIPS") && !member.owner;
  const icon = { size: 16, stroke: 1.7, "aria-hidden": true } as const;
  return (
    <Menu position="bottom-end" width={232}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t("users.menuOf", { name: member.user.name })}>
          <IconDots size={17} stroke={1.8} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {may && (
          <Menu.Item leftSection={<IconKey {...icon} />} onClick={() => onOpen("permissions")}>
            {c("members.permissions")}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconHelp {...icon} />} onClick={() => onOpen("why")}>
          {t("why.action")}
        </Menu.Item>
        {may && !member.ended && (
          <Menu.Item leftSection={<IconCrown {...icon} />} onClick={() => onOpen("owner")}>
            {t("makeOwner.action")}
          </Menu.Item>
        )}
        {may && (
          <Menu.Item leftSection={<IconUserMinus {...icon} />} color="red" onClick={() => onOpen("remove")}>
            {c("removeMember.action")}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
