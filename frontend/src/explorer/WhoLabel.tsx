import { useTranslation } from "react-i18next";
import classes from "./Bar.module.css";
import type { Who } from "./identity";

/** Permissions beyond these are counted. */
const named = 2;

/** Whom operations act as: a person with their role, or an API token with what it may do. */
export function WhoLabel({ who: { viewer } }: { who: Who }) {
  const { t } = useTranslation("explorer");
  const accounts = viewer.accounts.nodes.length;
  const more = viewer.permissions.length - named;
  if (viewer.user) {
    return (
      <span className={classes.who}>
        <bdi>{viewer.user.name}</bdi>
        {viewer.user.role && <span className={classes.soft}>{viewer.user.role.name}</span>}
      </span>
    );
  }
  return (
    <span className={classes.who}>
      <bdi>{viewer.apiToken?.name}</bdi>
      <span className={classes.soft}>
        {t("who.token")}
        {" · "}
        {viewer.permissions.length > 0 ? (
          <bdi dir="ltr" title={viewer.permissions.join(", ")}>
            {viewer.permissions.slice(0, named).join(", ")}
            {more > 0 && ` +${more}`}
          </bdi>
        ) : accounts > 0 ? (
          t("who.accounts", { number: accounts })
        ) : (
          t("who.nothing")
        )}
      </span>
    </span>
  );
}
