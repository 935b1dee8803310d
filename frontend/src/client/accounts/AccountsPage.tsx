import { Button } from "@mantine/core";
import { IconBuilding, IconGift } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { AccountsPageQuery } from "../../gen/graphql";
import { Paged } from "../../lib/api/Paged";
import { usePages } from "../../lib/api/usePages";
import { useFormats } from "../../lib/format";
import { PermissionList } from "../../lib/members/PermissionList";
import { Badge } from "../../ui/Badge";
import { EmptyState } from "../../ui/EmptyState";
import { Item, Items } from "../../ui/Items";
import { Page } from "../../ui/Page";
import { Section } from "../../ui/Section";
import { useOwnershipActs } from "./useOwnershipActs";

const AccountsPageDocument = graphql(`
  query AccountsPage($after: String) {
    viewer {
      account {
        id
      }
      accounts(first: 25, after: $after) {
        nodes {
          id
          owner
          permissions
          endsAt
          account {
            id
            number
            name
            status
            owner {
              id
              name
            }
            ownershipOffer {
              expiresAt
              membership {
                id
              }
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

const read = ({ viewer }: AccountsPageQuery) => ({ rows: viewer.accounts.nodes, pageInfo: viewer.accounts.pageInfo });
const nothing = {};

/** The accounts that the viewer can reach, to choose one of. */
export function AccountsPage() {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const formats = useFormats();
  const variables = useMemo(() => nothing, []);
  const list = usePages(AccountsPageDocument, variables, read);
  const { accept, withdraw, busy } = useOwnershipActs(list.retry);
  const offers = list.rows.filter(({ id, account }) => account.ownershipOffer?.membership.id === id);

  return (
    <Page title={t("chooser.title")} lead={t("chooser.lead")}>
      {offers.map(({ id, account }) => (
        <Section key={id} title={t("ownership.offered")} flush>
          <Items>
            <Item
              icon={IconGift}
              title={account.name}
              actions={
                <>
                  <Button size="xs" disabled={busy} onClick={() => void accept(account)}>
                    {t("ownership.accept")}
                  </Button>
                  <Button variant="default" size="xs" disabled={busy} onClick={() => void withdraw(account)}>
                    {t("ownership.decline")}
                  </Button>
                </>
              }
            >
              {t("ownership.offeredText", {
                name: account.owner.name,
                date: formats.date(account.ownershipOffer?.expiresAt ?? ""),
              })}
            </Item>
          </Items>
        </Section>
      ))}
      <Section title={t("chooser.list")} flush>
        <Paged
          list={list}
          label={t("account.loading")}
          empty={
            <EmptyState icon={IconBuilding} title={t("accounts.none")}>
              {t("accounts.noneHint")}
            </EmptyState>
          }
        >
          <Items>
            {list.rows.map(({ id, owner, permissions, endsAt, account }) => (
              <Item
                key={id}
                icon={IconBuilding}
                title={
                  account.status === "CLOSED" ? (
                    account.name
                  ) : (
                    <Link to="/accounts/$number" params={{ number: String(account.number) }}>
                      {account.name}
                    </Link>
                  )
                }
                mark={
                  <>
                    {owner && <Badge tone="accent">{c("membership.owner")}</Badge>}
                    {account.id === list.first?.viewer.account?.id && <Badge tone="good">{t("chooser.current")}</Badge>}
                    {account.status !== "ACTIVE" && (
                      <Badge tone={account.status === "CLOSED" ? "bad" : "neutral"}>
                        {c(`membership.status.${account.status}`)}
                      </Badge>
                    )}
                    {endsAt && <Badge tone="warn">{c("permissions.endsOn", { date: formats.date(endsAt) })}</Badge>}
                  </>
                }
              >
                {account.status === "CLOSED" ? (
                  t("chooser.closed")
                ) : owner ? (
                  c("membership.ownerMay.own")
                ) : permissions.length > 0 ? (
                  <PermissionList permissions={permissions} />
                ) : (
                  c("membership.mayNothing.own")
                )}
              </Item>
            ))}
          </Items>
        </Paged>
      </Section>
    </Page>
  );
}
