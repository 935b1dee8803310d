import { IconLock } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { AccountPermission } from "../../gen/graphql";
import { Ltr } from "../../ui/Ltr";
import { Section } from "../../ui/Section";
import classes from "./DeniedSection.module.css";

interface Props {
  account: {
    owner: { name: string; email: string };
    viewerMembership?: { owner: boolean } | null;
    viewerPermissions: readonly AccountPermission[];
  };
  permission: AccountPermission;
  /** Whether customers manage users in this installation. */
  userManagement: boolean;
}

/** A part of the account that is not open to the viewer: why, what is, and whom to ask. */
export function DeniedSection({ account, permission, userManagement }: Props) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const switchedOff = permission === "MANAGE_USERS" && !userManagement;
  return (
    <Section title={t("accountDenied.title")}>
      <div className={classes.denied}>
        <IconLock size={20} stroke={1.6} aria-hidden="true" />
        <div>
          <p>
            {switchedOff
              ? t("accountDenied.switchedOff")
              : t("accountDenied.text", { permission: c(`accountPermission.${permission}`) })}
          </p>
          {!switchedOff && (
            <p>
              {t("accountDenied.ask", { name: account.owner.name })} <Ltr>{account.owner.email}</Ltr>
            </p>
          )}
          {account.viewerPermissions.length > 0 ? (
            <>
              <p>{t("accountDenied.hold")}</p>
              <ul>
                {account.viewerPermissions.map((one) => (
                  <li key={one}>{c(`accountPermission.${one}`)}</li>
                ))}
              </ul>
            </>
          ) : (
            <p>{c("membership.mayNothing.own")}</p>
          )}
        </div>
      </div>
    </Section>
  );
}
