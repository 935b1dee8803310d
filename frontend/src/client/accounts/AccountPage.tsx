import { Button } from "@mantine/core";
import { IconBuildingOff } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import type { AccountPermission } from "../../gen/graphql";
import { AccountActivity } from "../../lib/activity/AccountActivity";
import { faultOf } from "../../lib/api/fault";
import { AccountGrid } from "../../lib/members/AccountGrid";
import { OrdersSection } from "../../lib/orders/OrdersSection";
import { Badge } from "../../ui/Badge";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { Section } from "../../ui/Section";
import { Tabs } from "../../ui/Tabs";
import { TimelineLoading } from "../../ui/Timeline";
import { DeniedSection } from "./DeniedSection";
import { EmailsTab } from "./EmailsTab";
import { OverviewTab } from "./OverviewTab";
import { type Tab, tabs } from "./search";
import { UsersTab } from "./UsersTab";
import { useSwitchAccount } from "./useSwitchAccount";

const route = getRouteApi("/inside/accounts/$number");

const ClientAccountPageDocument = graphql(`
  query ClientAccountPage($number: Int!) {
    viewer {
      userManagement
      user {
        id
      }
      account {
        id
        name
      }
    }
    account(number: $number) {
      id
      number
      name
      status
      viewerPermissions
      viewerMembership {
        id
        owner
      }
      owner {
        id
        name
        email
      }
      ...OverviewTab_account
      ...UsersTab_account
    }
  }
`);

/** What each part of the page needs; the overview is for every member. */
const needs: Partial<Record<Tab, AccountPermission>> = {
  users: "MANAGE_USERS",
  grid: "MANAGE_USERS",
  activity: "MANAGE_USERS",
  orders: "ORDERS",
  emails: "EMAILS",
};

/** One account of the viewer's. Each part is open to who holds its permission; the API says who does. */
export function AccountPage() {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const { number } = route.useParams();
  const { tab = "overview" } = route.useSearch();
  const valid = /^[1-9]\d{0,9}$/.test(number);
  const [{ data, error, fetching }, again] = useQuery({
    query: ClientAccountPageDocument,
    variables: { number: Number(number) },
    pause: !valid,
    requestPolicy: "cache-and-network",
  });
  const account = data?.account;
  const crumbs = [{ label: t("chooser.title"), to: "/accounts" }];
  if (!account) {
    return (
      <Page title={t("chooser.account")} crumbs={crumbs}>
        {error ? (
          <ErrorState fault={faultOf(error)} onRetry={() => again({ requestPolicy: "network-only" })} />
        ) : valid && (fetching || !data) ? (
          <Section title={t("chooser.account")}>
            <TimelineLoading label={t("account.loading")} />
          </Section>
        ) : (
          <EmptyState icon={IconBuildingOff} title={t("chooser.gone")}>
            {t("chooser.goneHint")}
          </EmptyState>
        )}
      </Page>
    );
  }
  const { viewer } = data;
  const frame = (children: ReactNode) => (
    <Page
      title={account.name}
      mark={account.viewerMembership?.owner && <Badge tone="accent">{c("membership.owner")}</Badge>}
      lead={t("chooser.number", { number: account.number })}
      crumbs={crumbs}
    >
      {children}
    </Page>
  );
  if (account.status === "CLOSED") {
    return frame(
      <EmptyState icon={IconBuildingOff} title={t("chooser.closedTitle")}>
        {t("chooser.closed")}
      </EmptyState>,
    );
  }
  if (viewer.account?.id !== account.id) {
    return frame(<OtherAccount account={account} current={viewer.account?.name} />);
  }
  const permission = needs[tab];
  const open = !permission || account.viewerPermissions.includes(permission);
  const shown = tabs.filter((one) => {
    const needed = needs[one];
    return one === tab || !needed || account.viewerPermissions.includes(needed);
  });
  return frame(
    <>
      <Tabs
        label={t("chooser.parts")}
        current={tab}
        tabs={shown.map((key) => ({
          key,
          label: t(`chooser.tab.${key}`),
          link: { to: "/accounts/$number", params: { number }, search: key === "overview" ? {} : { tab: key } },
        }))}
      />
      {!open && permission && (
        <DeniedSection account={account} permission={permission} userManagement={viewer.userManagement} />
      )}
      {open && tab === "overview" && <OverviewTab account={account} />}
      {open && tab === "users" && <UsersTab account={account} />}
      {open && tab === "grid" && (
        <AccountGrid number={account.number} may grantable={account.viewerPermissions} self={viewer.user?.id} />
      )}
      {open && tab === "orders" && <OrdersSection number={account.number} lead={t("ownOrders.lead")} />}
      {open && tab === "emails" && <EmailsTab number={account.number} />}
      {open && tab === "activity" && <AccountActivity number={account.number} />}
    </>,
  );
}

/** The page belongs to another account of the viewer's than the one they act for. Where they act for none yet, it is switched to. */
function OtherAccount({ account, current }: { account: { id: string; name: string }; current?: string }) {
  const { t } = useTranslation("client");
  const [switchTo, busy] = useSwitchAccount();
  const entered = useRef(false);
  useEffect(() => {
    if (current || entered.current) return;
    entered.current = true;
    void switchTo(account);
  }, [account, current, switchTo]);
  if (!current) return <TimelineLoading label={t("account.loading")} />;
  return (
    <Section title={t("chooser.otherTitle")}>
      <p style={{ marginBlockStart: 0 }}>{t("chooser.other", { account: account.name, current })}</p>
      <Button loading={busy} onClick={() => void switchTo(account)}>
        {t("chooser.switch", { account: account.name })}
      </Button>
    </Section>
  );
}
