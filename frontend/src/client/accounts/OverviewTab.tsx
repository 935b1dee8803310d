import { Button } from "@mantine/core";
import { IconDoorExit, IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import { useFormats } from "../../lib/format";
import { PermissionList } from "../../lib/members/PermissionList";
import { Facts } from "../../ui/Facts";
import { Item, Items } from "../../ui/Items";
import { Ltr } from "../../ui/Ltr";
import { Section } from "../../ui/Section";
import { EditAccountDialog } from "./EditAccountDialog";
import { LeaveAccountDialog } from "./LeaveAccountDialog";
import { OfferSection } from "./OfferSection";

const OverviewTabFragment = graphql(`
  fragment OverviewTab_account on Account {
    id
    name
    email
    status
    createdAt
    viewerPermissions
    viewerMembership {
      id
      owner
      endsAt
    }
    owner {
      id
      name
      email
    }
    ...OfferSection_account
    ...ClientEditAccountDialog_account
  }
`);

/** Who the account is, what the viewer may do in it, and the ways out of it. */
export function OverviewTab({ account: masked }: { account: FragmentType<typeof OverviewTabFragment> }) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const formats = useFormats();
  const account = readFragment(OverviewTabFragment, masked);
  const [open, setOpen] = useState<"edit" | "leave">();
  const { viewerMembership: own } = account;
  return (
    <>
      <Section
        title={t("chooser.profile")}
        actions={
          account.viewerPermissions.includes("PROFILE") && (
            <Button
              variant="default"
              size="xs"
              leftSection={<IconPencil size={15} stroke={1.7} aria-hidden="true" />}
              onClick={() => setOpen("edit")}
            >
              {t("account.edit")}
            </Button>
          )
        }
      >
        <Facts
          facts={[
            [t("account.name"), account.name],
            [t("chooser.email"), <Ltr key="email">{account.email}</Ltr>],
            [t("chooser.status"), c(`membership.status.${account.status}`)],
            [
              c("membership.owner"),
              <span key="owner">
                {account.owner.name}
                {" · "}
                <Ltr>{account.owner.email}</Ltr>
              </span>,
            ],
            [t("account.since"), formats.date(account.createdAt)],
            [
              t("chooser.may"),
              own?.owner ? (
                c("membership.ownerMay.own")
              ) : account.viewerPermissions.length > 0 ? (
                <PermissionList key="may" permissions={account.viewerPermissions} />
              ) : (
                c("membership.mayNothing.own")
              ),
            ],
            ...(own?.endsAt ? [[c("permissions.ends"), formats.date(own.endsAt)] as const] : []),
          ]}
        />
      </Section>
      <OfferSection account={account} />
      {own && !own.owner && (
        <Section title={t("leave.section")} flush>
          <Items>
            <Item
              icon={IconDoorExit}
              title={t("leave.title")}
              actions={
                <Button variant="default" size="xs" onClick={() => setOpen("leave")}>
                  {t("leave.action")}
                </Button>
              }
            >
              {t("leave.hint")}
            </Item>
          </Items>
        </Section>
      )}
      {open === "edit" && <EditAccountDialog account={account} onClose={() => setOpen(undefined)} />}
      {open === "leave" && <LeaveAccountDialog account={account} onClose={() => setOpen(undefined)} />}
    </>
  );
}
