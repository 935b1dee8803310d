import { Button } from "@mantine/core";
import { IconPencil, IconTrash } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import { useFormats } from "../../lib/format";
import { useCan } from "../../lib/session/useSession";
import { CopyButton } from "../../ui/CopyButton";
import { Facts } from "../../ui/Facts";
import { Item, Items } from "../../ui/Items";
import { Ltr } from "../../ui/Ltr";
import { Section } from "../../ui/Section";
import { DeleteAccountDialog } from "./DeleteAccountDialog";
import { EditAccountDialog } from "./EditAccountDialog";

const ProfileTabFragment = graphql(`
  fragment ProfileTab_account on Account {
    id
    number
    name
    email
    status
    createdAt
    updatedAt
    owner {
      id
      number
      name
      email
    }
    ownershipOffer {
      expiresAt
      membership {
        id
        user {
          id
          name
        }
      }
    }
    ...EditAccountDialog_account
  }
`);

/** Who the account is, and who owns it. */
export function ProfileTab({ account: masked }: { account: FragmentType<typeof ProfileTabFragment> }) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const can = useCan();
  const formats = useFormats();
  const account = readFragment(ProfileTabFragment, masked);
  const [open, setOpen] = useState<"edit" | "delete">();
  const { owner, ownershipOffer: offer } = account;
  return (
    <>
      <Section
        title={t("account.tab.profile")}
        actions={
          can("EDIT_ACCOUNTS") && (
            <Button
              variant="default"
              size="xs"
              leftSection={<IconPencil size={15} stroke={1.7} aria-hidden="true" />}
              onClick={() => setOpen("edit")}
            >
              {t("user.edit")}
            </Button>
          )
        }
      >
        <Facts
          facts={[
            [t("users.name"), account.name],
            [
              t("createAccount.email"),
              <>
                <Ltr>{account.email}</Ltr> <CopyButton value={account.email} what={t("createAccount.email")} />
              </>,
            ],
            [t("accounts.status"), c(`membership.status.${account.status}`)],
            [
              t("accounts.owner"),
              can("LIST_USERS") ? (
                <Link key="owner" to="/admin/users/$number" params={{ number: String(owner.number) }}>
                  {owner.name}
                </Link>
              ) : (
                owner.name
              ),
            ],
            ...(offer
              ? [
                  [
                    t("account.offered"),
                    t("account.offeredTo", {
                      name: offer.membership.user.name,
                      date: formats.date(offer.expiresAt),
                    }),
                  ] as const,
                ]
              : []),
            [t("users.created"), formats.dateTime(account.createdAt)],
            [t("account.updated"), formats.dateTime(account.updatedAt)],
          ]}
        />
      </Section>
      {can("DELETE_ACCOUNTS") && (
        <Section title={t("deleteAccount.section")} flush>
          <Items>
            <Item
              icon={IconTrash}
              title={t("deleteAccount.title")}
              actions={
                <Button variant="default" size="xs" onClick={() => setOpen("delete")}>
                  {t("deleteAccount.action")}
                </Button>
              }
            >
              {t("deleteAccount.hint")}
            </Item>
          </Items>
        </Section>
      )}
      {open === "edit" && <EditAccountDialog account={account} onClose={() => setOpen(undefined)} />}
      {open === "delete" && <DeleteAccountDialog account={account} onClose={() => setOpen(undefined)} />}
    </>
  );
}
