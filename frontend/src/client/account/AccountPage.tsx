import { Button, Skeleton } from "@mantine/core";
import { IconLogout, IconShieldCheck, IconShieldOff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import { faultOf } from "../../lib/api/fault";
import { useFormats } from "../../lib/format";
import { useSignOut } from "../../lib/session/useSignOut";
import { Badge } from "../../ui/Badge";
import { ErrorState } from "../../ui/ErrorState";
import { Facts } from "../../ui/Facts";
import { Ltr } from "../../ui/Ltr";
import { Page } from "../../ui/Page";
import { RelativeTime } from "../../ui/RelativeTime";
import { Section } from "../../ui/Section";
import { AccountList } from "./AccountList";
import { Appearance } from "./Appearance";

const AccountPageDocument = graphql(`
  query AccountPage {
    viewer {
      user {
        id
        name
        email
        emailVerified
        twoFactorEnabled
        lastLoginAt
        createdAt
      }
    }
  }
`);

/** What a user knows of themselves: who they are here, and which accounts they can reach. */
export function AccountPage() {
  const { t } = useTranslation("client");
  const signOut = useSignOut();
  const formats = useFormats();
  const [{ data, error, fetching }, again] = useQuery({ query: AccountPageDocument });
  const user = data?.viewer.user;
  return (
    <Page
      title={t("account.title")}
      actions={
        <Button
          variant="default"
          leftSection={<IconLogout size={16} stroke={1.7} aria-hidden="true" />}
          onClick={() => void signOut()}
        >
          {t("account.signOut")}
        </Button>
      }
    >
      <Section
        title={t("account.profile")}
        actions={
          <Button component={Link} to="/profile" variant="default" size="xs">
            {t("account.edit")}
          </Button>
        }
      >
        {user ? (
          <Facts
            facts={[
              [t("account.name"), user.name],
              [
                t("account.email"),
                <>
                  <Ltr>{user.email}</Ltr>{" "}
                  {user.emailVerified ? (
                    <Badge tone="good">{t("account.verified")}</Badge>
                  ) : (
                    <Badge tone="warn">{t("account.unverified")}</Badge>
                  )}
                </>,
              ],
              [
                t("account.twoFactor"),
                user.twoFactorEnabled ? (
                  <Badge key="on" tone="good" icon={<IconShieldCheck size={13} aria-hidden="true" />}>
                    {t("account.on")}
                  </Badge>
                ) : (
                  <Badge key="off" icon={<IconShieldOff size={13} aria-hidden="true" />}>
                    {t("account.off")}
                  </Badge>
                ),
              ],
              [
                t("account.lastLogin"),
                <RelativeTime key="last" at={user.lastLoginAt} never={t("account.firstTime")} />,
              ],
              [t("account.since"), formats.date(user.createdAt)],
            ]}
          />
        ) : error ? (
          <ErrorState fault={faultOf(error)} onRetry={() => again({ requestPolicy: "network-only" })} />
        ) : fetching ? (
          <Lines label={t("account.loading")} />
        ) : (
          <p style={{ margin: 0 }}>{t("account.nobody")}</p>
        )}
      </Section>
      <AccountList />
      <Appearance />
    </Page>
  );
}

function Lines({ label }: { label: string }) {
  return (
    <div role="status" aria-label={label}>
      {[62, 78, 44, 52].map((width) => (
        <Skeleton key={width} height={12} width={`${width}%`} my="sm" radius="xs" />
      ))}
    </div>
  );
}
