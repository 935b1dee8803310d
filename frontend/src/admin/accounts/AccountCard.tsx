import { useTranslation } from "react-i18next";
import { Ltr } from "../../ui/Ltr";
import { RowLink } from "../../ui/rows";
import classes from "../list.module.css";
import type { AccountRow } from "./accountRow";
import { StatusBadge } from "./StatusBadge";

/** An account of the list where the screen is too narrow for columns. */
export function AccountCard({ account }: { account: AccountRow }) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  return (
    <div className={classes.words}>
      <span className={classes.name}>
        <RowLink to="/admin/accounts/$number" params={{ number: String(account.number) }}>
          {account.name}
        </RowLink>
        <span className={classes.number}>#{account.number}</span>
        <StatusBadge status={account.status} />
      </span>
      <div className={classes.email}>
        <Ltr>{account.email}</Ltr>
      </div>
      <div className={classes.signs}>
        {c("field.label", { label: t("accounts.owner") })} {account.owner.name}
      </div>
    </div>
  );
}
