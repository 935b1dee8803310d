import { Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import { faultOf } from "../../lib/api/fault";
import { useRefreshSession } from "../../lib/session/useRefreshSession";
import { useCan } from "../../lib/session/useSession";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { Section } from "../../ui/Section";
import { SettingsForm } from "./SettingsForm";

const SettingsPageDocument = graphql(`
  query SettingsPage($withRoles: Boolean!) {
    settings {
      company
      registration
      disableClientUserManagement
      strictInvitations
      invitationDays
      apiBudget {
        points
        minutes
      }
      lockedProfile
      trustedDevices
      identityVerification {
        enabled
        provider
        approvalDays
        tries
        secondReviewer
        keepDays
      }
      identityProviders {
        ...ProviderSection_provider
        name
        ready
        tested
      }
      version
      twoFactor {
        staff
        owners
        everyone
        graceDays
        since
      }
    }
    roles @include(if: $withRoles) {
      id
      name
      requireTwoFactor
    }
    viewer {
      user {
        id
        twoFactorEnabled
        role {
          id
        }
      }
      accounts(first: 100) {
        nodes {
          id
          owner
        }
      }
    }
  }
`);

/** What staff choose for the installation. */
export function SettingsPage() {
  const { t } = useTranslation("admin");
  const can = useCan();
  const refresh = useRefreshSession();
  const [{ data, error }, again] = useQuery({
    query: SettingsPageDocument,
    variables: { withRoles: can("CONFIGURE_ROLES") && can("LIST_USERS") },
    requestPolicy: "cache-and-network",
  });
  return (
    <Page title={t("settings.title")} lead={t("settings.lead")} crumbs={[{ label: t("nav.setup") }]}>
      {data ? (
        <SettingsForm
          present={data}
          onStale={() => again({ requestPolicy: "network-only" })}
          onSaved={() => {
            again({ requestPolicy: "network-only" });
            // The company's name stands in the frame of every page.
            void refresh();
          }}
        />
      ) : (
        <Section title={t("settings.title")}>
          {error ? (
            <ErrorState fault={faultOf(error)} onRetry={() => again({ requestPolicy: "network-only" })} />
          ) : (
            <div role="status" aria-label={t("user.loading")}>
              {[44, 62, 38, 56].map((width) => (
                <Skeleton key={width} height={12} width={`${width}%`} my="sm" radius="xs" />
              ))}
            </div>
          )}
        </Section>
      )}
    </Page>
  );
}
