import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../lib/format";
import { useMayVerify } from "../../lib/session/useSession";
import { DataTable } from "../../ui/DataTable";
import { EmptyState } from "../../ui/EmptyState";
import { Page } from "../../ui/Page";
import classes from "../list.module.css";
import { ActiveFilters } from "./ActiveFilters";
import { ResetDialog } from "./ResetDialog";
import { filterOf, hasShortWord, orderOf, type UsersSearch, withoutVerification } from "./search";
import { UserCard } from "./UserCard";
import { UsersToolbar } from "./UsersToolbar";
import { useColumns } from "./useColumns";
import { useHiddenColumns } from "./useHiddenColumns";
import type { UserRow } from "./userRow";
import { useUserPages } from "./useUserPages";
import { useUsersCount } from "./useUsersCount";

const route = getRouteApi("/admin/users");

/** Manage Users: finds one of many at once. What it shows stands in the address. */
export function UsersPage() {
  const { t } = useTranslation("admin");
  const formats = useFormats();
  const asked = route.useSearch();
  const mayVerify = useMayVerify();
  const search = useMemo(() => (mayVerify ? asked : withoutVerification(asked)), [asked, mayVerify]);
  const navigate = route.useNavigate();
  const router = useRouter();
  const change = useCallback(
    (change: Partial<UsersSearch>) => {
      // Words that were typed a moment ago must not call back who has left for another page, which may still be loading.
      if (router.latestLocation.pathname !== "/admin/users") return;
      void navigate({ search: (old) => ({ ...old, ...change }), replace: true });
    },
    [navigate, router],
  );
  // "The last 30 days" are those before the list was opened: the filter must not change with every render.
  const [now] = useState(() => Date.now());
  const filter = useMemo(() => filterOf(search, now), [search, now]);
  const { sort, direction } = search;
  const orderBy = useMemo(() => orderOf({ sort, direction }), [sort, direction]);

  const [hidden, setHidden, resetHidden] = useHiddenColumns();
  const { rows, more, fetchMore, retry, loading, fault } = useUserPages(filter, orderBy, mayVerify);
  const { count, recount } = useUsersCount(filter);
  const [resetting, setResetting] = useState<UserRow>();
  const columns = useColumns(setResetting);

  return (
    <Page title={t("users.title")} lead={count && countText(count)} fill>
      <UsersToolbar
        search={search}
        onChange={change}
        columns={columns}
        hidden={hidden}
        onHidden={setHidden}
        onResetHidden={resetHidden}
      />
      <ActiveFilters search={search} onChange={change} />
      {hasShortWord(search.q) && <p className={classes.hint}>{t("users.shortWords")}</p>}
      <DataTable
        label={t("users.title")}
        columns={columns}
        hidden={hidden}
        rows={rows}
        rowId={({ id }) => id}
        sort={orderBy}
        onSort={({ field, direction }) => change({ sort: field as UsersSearch["sort"], direction })}
        compact={(user) => <UserCard user={user} onReset={() => setResetting(user)} />}
        loading={loading}
        fault={fault}
        onRetry={() => {
          retry();
          recount();
        }}
        more={more}
        onEndNear={fetchMore}
        total={count?.totalCount}
        minWidth="52rem"
        empty={<EmptyState title={t("users.none")}>{t("users.noneHint")}</EmptyState>}
      />
      {resetting && <ResetDialog user={resetting} onClose={() => setResetting(undefined)} />}
    </Page>
  );

  function countText({ totalCount, totalCountIsEstimate }: { totalCount: number; totalCountIsEstimate: boolean }) {
    return t(totalCountIsEstimate ? "users.countAbout" : "users.count", {
      count: totalCount,
      number: formats.number(totalCount),
    });
  }
}
