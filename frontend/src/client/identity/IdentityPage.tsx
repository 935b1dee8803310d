import { Skeleton } from "@mantine/core";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { type FragmentType, graphql, readFragment } from "../../gen";
import { faultOf } from "../../lib/api/fault";
import { VerificationBadge } from "../../lib/verification/VerificationBadge";
import { ErrorState } from "../../ui/ErrorState";
import { NotFound } from "../../ui/NotFound";
import { Page } from "../../ui/Page";
import { Section } from "../../ui/Section";
import { CareSection } from "./CareSection";
import { HistorySection } from "./HistorySection";
import { PicturesSection } from "./PicturesSection";
import { ServiceSection } from "./ServiceSection";
import { StandingSection } from "./StandingSection";
import { useResult } from "./useResult";

const IdentityPageFragment = graphql(`
  fragment IdentityPage_proof on IdentityVerification {
    status
    provider
    triesLeft
    keepDays
    version
    ...StandingSection_proof
    ...PicturesSection_proof
    ...ServiceSection_proof
    ...HistorySection_proof
  }
`);

const IdentityPageDocument = graphql(`
  query IdentityPage {
    viewer {
      user {
        id
        identityVerification {
          ...IdentityPage_proof
        }
      }
    }
  }
`);

/** Where users prove who they are, and see how far they are with it. Where the feature is switched off there is no such page. */
export function IdentityPage() {
  const { t } = useTranslation("client");
  const [{ data, error }, query] = useQuery({ query: IdentityPageDocument, requestPolicy: "cache-and-network" });
  const reload = useCallback(() => query({ requestPolicy: "network-only" }), [query]);
  const proof = data?.viewer.user?.identityVerification;
  if (proof) return <Proof proof={proof} reload={reload} />;
  if (data && !error) return <NotFound />;
  return (
    <Page title={t("identity.title")} crumbs={[{ label: t("account.title"), to: "/account" }]}>
      <Section title={t("identity.standing")}>
        {error ? (
          <ErrorState fault={faultOf(error)} onRetry={reload} />
        ) : (
          <div role="status" aria-label={t("account.loading")}>
            <Skeleton height={12} width="62%" my="sm" radius="xs" />
            <Skeleton height={12} width="44%" my="sm" radius="xs" />
          </div>
        )}
      </Section>
    </Page>
  );
}

interface Props {
  proof: FragmentType<typeof IdentityPageFragment>;
  reload: () => void;
}

function Proof({ proof: masked, reload }: Props) {
  const { t } = useTranslation("client");
  const proof = readFragment(IdentityPageFragment, masked);
  const { status, provider, triesLeft, keepDays } = proof;
  const { awaited, asking } = useResult(proof, reload);
  const open = status === "REQUESTED" || (status === "REJECTED" && triesLeft > 0);
  const manual = provider === "MANUAL";
  return (
    <Page
      title={t("identity.title")}
      mark={<VerificationBadge status={status} />}
      crumbs={[{ label: t("account.title"), to: "/account" }]}
    >
      <StandingSection proof={proof} awaited={awaited} asking={asking} />
      {open && manual && <PicturesSection proof={proof} reload={reload} />}
      {open && !manual && <ServiceSection proof={proof} reload={reload} />}
      {manual && (open || status === "SUBMITTED") && <CareSection keepDays={keepDays} />}
      <HistorySection proof={proof} />
    </Page>
  );
}
