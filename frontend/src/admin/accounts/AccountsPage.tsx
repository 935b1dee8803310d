import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql, readFragment } from "../../gen";
import type { AccountsQuery } from "../../gen/graphql";
import { usePages } from "../../lib/api/usePages";
import { useFormats } from "../../lib/format";
import { useCan } from "../../lib/session/useSession";
import { DataTable } from "../../ui/DataTable";
import { EmptyState } from "../../ui/EmptyState";
import { SelectField } from "../../ui/Field";
import { Page } from "../../ui/Page";
import classes from "../list.module.css";
import { SearchField } from "../SearchField";
import { AccountCard } from "./AccountCard";
import { AccountRowFragment } from "./accountRow";
import { CreateAccountDialog } from "./CreateAccountDialog";
import { type AccountsSearch, filterOf, orderOf, statuses } from "./search";
import { useAccountColumns } from "./useAccountColumns";

const route = getRouteApi("/admin/accounts");

const AccountsDocument = graphql(`
  query Accounts($after: String, $filter: AccountFilter, $orderBy: AccountOrder) {
    accounts(first: 50, after: $after, filter: $filter, orderBy: $orderBy) {
      nodes {
        id
        ...AccountRow_account
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const AccountsCountDocument = graphql(`
  query AccountsCount($filter: AccountFilter) {
    accounts(first: 1, filter: $filter) {
      totalCount
      totalCountIsEstimate
    }
  }
`);

const read = ({ accounts }: AccountsQuery) => ({
  rows: accounts.nodes.map((row) => readFragment(AccountRowFragment, row)),
  pageInfo: accounts.pageInfo,
});

/** The accounts: finds one of many at once. What it shows stands in the address. */
export function AccountsPage() {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const can = useCan();
  const formats = useFormats();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const router = useRouter();
  const change = useCallback(
    (change: Partial<AccountsSearch>) => {
      // Words that were typed a moment ago must not call back who has left for another page, which may still be loading.
      if (router.latestLocation.pathname !== "/admin/accounts") return;
      void navigate({ search: (old) => ({ ...old, ...change }), replace: true });
    },
    [navigate, router],
  );
  const { q, status, sort, direction } = search;
  const filter = useMemo(() => filterOf({ q, status }), [q, status]);
  const orderBy = useMemo(() => orderOf({ sort, direction }), [sort, direction]);
  const variables = useMemo(() => ({ filter, orderBy }), [filter, orderBy]);
  const { rows, more, fetchMore, retry, loading, fault } = usePages(AccountsDocument, variables, read);
  const [{ data: counted }, recount] = useQuery({ query: AccountsCountDocument, variables: { filter } });
  const count = counted?.accounts;
  const columns = useAccountColumns();
  const [creating, setCreating] = useState(false);
  return (
    <Page
      title={t("accounts.title")}
      lead={
        count &&
        t(count.totalCountIsEstimate ? "accounts.countAbout" : "accounts.count", {
          count: count.totalCount,
          number: formats.number(count.totalCount),
        })
      }
      actions={
        can("EDIT_ACCOUNTS") && (
          <Button
            leftSection={<IconPlus size={16} stroke={1.8} aria-hidden="true" />}
            onClick={() => setCreating(true)}
          >
            {t("accounts.create")}
          </Button>
        )
      }
      fill
    >
      <search className={classes.toolbar}>
        <SearchField label={t("accounts.search")} value={q ?? ""} onChange={(q) => change({ q: q || undefined })} />
        <SelectField
          aria-label={t("accounts.status")}
          data={[
            { value: "", label: t("accounts.anyStatus") },
            ...statuses.map((value) => ({ value, label: c(`membership.status.${value}`) })),
          ]}
          value={status ?? ""}
          onChange={({ currentTarget: { value } }) =>
            change({ status: (value || undefined) as AccountsSearch["status"] })
          }
        />
      </search>
      <DataTable
        label={t("accounts.title")}
        columns={columns}
        rows={rows}
        rowId={({ id }) => id}
        sort={orderBy}
        onSort={({ field, direction }) => change({ sort: field as AccountsSearch["sort"], direction })}
        compact={(account) => <AccountCard account={account} />}
        loading={loading}
        fault={fault}
        onRetry={() => {
          retry();
          recount({ requestPolicy: "network-only" });
        }}
        more={more}
        onEndNear={fetchMore}
        total={count?.totalCount}
        minWidth="48rem"
        empty={<EmptyState title={t("accounts.none")}>{t("accounts.noneHint")}</EmptyState>}
      />
      {creating && <CreateAccountDialog onClose={() => setCreating(false)} />}
    </Page>
  );
}
