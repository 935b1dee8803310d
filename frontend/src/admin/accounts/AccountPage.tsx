import { IconBuildingOff } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import { AccountActivity } from "../../lib/activity/AccountActivity";
import { faultOf } from "../../lib/api/fault";
import { AccountGrid } from "../../lib/members/AccountGrid";
import { useCan } from "../../lib/session/useSession";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { Section } from "../../ui/Section";
import { Tabs } from "../../ui/Tabs";
import { TimelineLoading } from "../../ui/Timeline";
import { OrdersTab } from "./OrdersTab";
import { ProfileTab } from "./ProfileTab";
import { StatusBadge } from "./StatusBadge";
import { tabs } from "./search";
import { UsersTab } from "./UsersTab";

const route = getRouteApi("/admin/accounts/$number");

const AccountPageDocument = graphql(`
  query StaffAccountPage($number: Int!) {
    account(number: $number) {
      id
      number
      name
      status
      ...ProfileTab_account
    }
  }
`);

/** One account: its profile, its people, its orders, and what was done to it. */
export function AccountPage() {
  const { t } = useTranslation("admin");
  const can = useCan();
  const { number } = route.useParams();
  const { tab = "profile" } = route.useSearch();
  const valid = /^[1-9]\d{0,9}$/.test(number);
  const [{ data, error, fetching }, again] = useQuery({
    query: AccountPageDocument,
    variables: { number: Number(number) },
    pause: !valid,
    requestPolicy: "cache-and-network",
  });
  const crumbs = [{ label: t("accounts.title"), to: "/admin/accounts" }];
  const account = data?.account;
  if (!account) {
    return (
      <Page title={t("account.title")} crumbs={crumbs}>
        {error ? (
          <ErrorState fault={faultOf(error)} onRetry={() => again({ requestPolicy: "network-only" })} />
        ) : valid && (fetching || !data) ? (
          <Section title={t("account.tab.profile")}>
            <TimelineLoading label={t("user.loading")} />
          </Section>
        ) : (
          <EmptyState icon={IconBuildingOff} title={t("account.none")}>
            {t("account.noneHint")}
          </EmptyState>
        )}
      </Page>
    );
  }
  return (
    <Page
      title={account.name}
      mark={<StatusBadge status={account.status} />}
      lead={t("account.lead", { number: account.number })}
      crumbs={crumbs}
    >
      <Tabs
        label={t("account.tabs")}
        current={tab}
        tabs={tabs.map((key) => ({
          key,
          label: t(`account.tab.${key}`),
          link: {
            to: "/admin/accounts/$number",
            params: { number },
            search: key === "profile" ? {} : { tab: key },
          },
        }))}
      />
      {tab === "profile" && <ProfileTab account={account} />}
      {tab === "users" && <UsersTab number={account.number} />}
      {tab === "grid" && <AccountGrid number={account.number} may={can("MANAGE_MEMBERSHIPS")} />}
      {tab === "orders" && <OrdersTab number={account.number} />}
      {tab === "activity" && <AccountActivity number={account.number} />}
    </Page>
  );
}
