import { Skeleton } from "@mantine/core";
import { IconUserOff } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import { faultOf } from "../../lib/api/fault";
import { useCan, useMayVerify } from "../../lib/session/useSession";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { Section } from "../../ui/Section";
import { AccessSection } from "./AccessSection";
import { ActivitySection } from "./ActivitySection";
import { OrdersSection } from "./OrdersSection";
import { ProfileSection } from "./ProfileSection";
import { ReachSection } from "./ReachSection";
import { SecuritySection } from "./SecuritySection";
import { StateBadge } from "./StateBadge";
import { VerificationSection } from "./VerificationSection";

const route = getRouteApi("/admin/users/$number");

const UserPageDocument = graphql(`
  query UserPage($number: Int!) {
    user(number: $number) {
      id
      number
      name
      state
      role {
        id
        name
      }
      ...ProfileSection_user
      ...SecuritySection_user
    }
  }
`);

/** Manage User: who they are, how they sign in, which accounts they can reach. */
export function UserPage() {
  const { t } = useTranslation("admin");
  const { number } = route.useParams();
  const can = useCan();
  const mayVerify = useMayVerify();
  const valid = /^[1-9]\d{0,9}$/.test(number);
  const [{ data, error, fetching }, again] = useQuery({
    query: UserPageDocument,
    variables: { number: Number(number) },
    pause: !valid,
    requestPolicy: "cache-and-network",
  });
  const crumbs = [{ label: t("users.title"), to: "/admin/users" }];
  const user = data?.user;
  if (!user) {
    return (
      <Page title={t("user.title")} crumbs={crumbs}>
        {error ? (
          <ErrorState fault={faultOf(error)} onRetry={() => again({ requestPolicy: "network-only" })} />
        ) : valid && (fetching || !data) ? (
          <Waiting />
        ) : (
          <EmptyState icon={IconUserOff} title={t("user.none")}>
            {t("user.noneHint")}
          </EmptyState>
        )}
      </Page>
    );
  }
  return (
    <Page
      title={user.name}
      mark={<StateBadge user={user} />}
      lead={t("user.lead", { number: user.number })}
      crumbs={crumbs}
    >
      <ProfileSection user={user} />
      <SecuritySection user={user} />
      {mayVerify && <VerificationSection key={`verification ${user.number}`} number={user.number} />}
      <ReachSection key={user.number} number={user.number} />
      {can("LIST_ACCOUNTS") && <OrdersSection key={`orders ${user.number}`} number={user.number} />}
      <AccessSection key={`grid ${user.number}`} number={user.number} />
      <ActivitySection key={`activity ${user.number}`} number={user.number} />
    </Page>
  );
}

function Waiting() {
  const { t } = useTranslation("admin");
  return (
    <Section title={t("user.profile")}>
      <div role="status" aria-label={t("user.loading")}>
        {[52, 70, 38, 46].map((width) => (
          <Skeleton key={width} height={12} width={`${width}%`} my="sm" radius="xs" />
        ))}
      </div>
    </Section>
  );
}
