import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../lib/format";
import { useCan } from "../../lib/session/useSession";
import type { Column } from "../../ui/DataTable";
import { Ltr } from "../../ui/Ltr";
import { RowLink, useRowTabIndex } from "../../ui/rows";
import classes from "../list.module.css";
import type { AccountRow } from "./accountRow";
import { StatusBadge } from "./StatusBadge";

/** The columns of the accounts. */
export function useAccountColumns(): readonly Column<AccountRow>[] {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const formats = useFormats();
  return useMemo(
    () => [
      {
        id: "number",
        header: t("users.number"),
        sort: "NUMBER",
        width: "5.5rem",
        cell: (account) => <span className={classes.number}>{account.number}</span>,
      },
      {
        id: "name",
        header: t("users.name"),
        sort: "NAME",
        cell: (account) => (
          <span className={classes.name}>
            <RowLink to="/admin/accounts/$number" params={{ number: String(account.number) }}>
              {account.name}
            </RowLink>
            <StatusBadge status={account.status} />
          </span>
        ),
      },
      {
        id: "email",
        header: t("users.email"),
        sort: "EMAIL",
        cell: (account) => <Ltr title={account.email}>{account.email}</Ltr>,
      },
      { id: "owner", header: t("accounts.owner"), width: "13rem", cell: ({ owner }) => <OwnerLink owner={owner} /> },
      {
        id: "status",
        header: t("accounts.status"),
        sort: "STATUS",
        width: "7rem",
        cell: (account) => c(`membership.status.${account.status}`),
      },
      {
        id: "created",
        header: t("users.created"),
        sort: "CREATED",
        sortFirst: "DESC",
        width: "9rem",
        cell: (account) => formats.date(account.createdAt),
      },
    ],
    [t, c, formats],
  );
}

function OwnerLink({ owner }: { owner: AccountRow["owner"] }) {
  const can = useCan();
  const tabIndex = useRowTabIndex();
  if (!can("LIST_USERS")) return owner.name;
  return (
    <Link to="/admin/users/$number" params={{ number: String(owner.number) }} tabIndex={tabIndex}>
      {owner.name}
    </Link>
  );
}
