import { Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import { faultOf } from "../../lib/api/fault";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { Section } from "../../ui/Section";
import { EmailSection } from "./EmailSection";
import { IdentitySection } from "./IdentitySection";
import { OwnDataSection } from "./OwnDataSection";
import { PersonSection } from "./PersonSection";

const ProfilePageDocument = graphql(`
  query ProfilePage {
    viewer {
      user {
        id
        ...PersonSection_user
        ...EmailSection_user
        ...IdentitySection_user
      }
    }
  }
`);

/** What a user says of themselves: name, language, time zone, and the address to sign in with. */
export function ProfilePage() {
  const { t } = useTranslation("client");
  const [{ data, error, fetching }, again] = useQuery({ query: ProfilePageDocument });
  const user = data?.viewer.user;
  return (
    <Page title={t("profile.title")} crumbs={[{ label: t("account.title"), to: "/account" }]}>
      {user ? (
        <>
          <PersonSection user={user} />
          <EmailSection user={user} />
          <IdentitySection user={user} />
          <OwnDataSection />
        </>
      ) : (
        <Section title={t("profile.person")}>
          {error ? (
            <ErrorState fault={faultOf(error)} onRetry={() => again({ requestPolicy: "network-only" })} />
          ) : fetching ? (
            <div role="status" aria-label={t("account.loading")}>
              <Skeleton height={36} mb="md" />
              <Skeleton height={36} />
            </div>
          ) : (
            <p style={{ margin: 0 }}>{t("account.nobody")}</p>
          )}
        </Section>
      )}
    </Page>
  );
}
