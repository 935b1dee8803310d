import { Button, Skeleton } from "@mantine/core";
import { IconBuilding } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import { faultOf } from "../../lib/api/fault";
import { MembershipItem } from "../../lib/members/MembershipItem";
import { useCan } from "../../lib/session/useSession";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Section } from "../../ui/Section";
import classes from "./SecuritySection.module.css";

const ReachDocument = graphql(`
  query Reach($number: Int!, $after: String) {
    user(number: $number) {
      id
      memberships(first: 25, after: $after) {
        nodes {
          id
          ...MembershipItem_membership
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

/** The accounts that the user can reach. */
export function ReachSection({ number }: { number: number }) {
  const { t } = useTranslation("admin");
  return (
    <Section title={t("reach.title")} lead={t("reach.lead")} flush>
      <Chunk number={number} />
    </Section>
  );
}

const toAccount = ({ number }: { number: number }) =>
  ({ to: "/admin/accounts/$number", params: { number: String(number) }, search: { tab: "users" } }) as const;

// Each chunk asks for its own page and, when wished, is followed by the next.
function Chunk({ number, after }: { number: number; after?: string }) {
  const { t } = useTranslation("admin");
  const can = useCan();
  const [more, setMore] = useState(false);
  const [{ data, error }, again] = useQuery({ query: ReachDocument, variables: { number, after } });
  const page = data?.user?.memberships;
  if (!page) {
    if (error) return <ErrorState fault={faultOf(error)} onRetry={() => again({ requestPolicy: "network-only" })} />;
    return (
      <div role="status" aria-label={t("user.loading")} style={{ padding: "1.125rem" }}>
        <Skeleton height={12} width="40%" radius="xs" mb="xs" />
        <Skeleton height={10} width="75%" radius="xs" />
      </div>
    );
  }
  if (!after && page.nodes.length === 0) {
    return <EmptyState icon={IconBuilding} title={t("reach.none")} />;
  }
  const { hasNextPage, endCursor } = page.pageInfo;
  return (
    <>
      <ul className={classes.list}>
        {page.nodes.map((node) => (
          <MembershipItem
            key={node.id}
            membership={node}
            whose="other"
            to={can("LIST_ACCOUNTS") ? toAccount : undefined}
          />
        ))}
      </ul>
      {hasNextPage && endCursor && more && <Chunk number={number} after={endCursor} />}
      {hasNextPage && !more && (
        <div style={{ padding: "0.75rem 1.125rem" }}>
          <Button variant="default" size="xs" onClick={() => setMore(true)}>
            {t("reach.more")}
          </Button>
        </div>
      )}
    </>
  );
}
