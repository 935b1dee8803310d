import { Button, Skeleton } from "@mantine/core";
import { IconBuilding } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import type { AccountStatus } from "../../gen/graphql";
import { faultOf } from "../../lib/api/fault";
import { MembershipItem } from "../../lib/members/MembershipItem";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Section } from "../../ui/Section";
import classes from "./AccountList.module.css";

const AccountListDocument = graphql(`
  query AccountList($after: String) {
    viewer {
      accounts(first: 25, after: $after) {
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

/** The accounts that the viewer can reach, and what they may do in each. */
export function AccountList() {
  const { t } = useTranslation("client");
  return (
    <Section title={t("accounts.title")} lead={t("accounts.lead")} flush>
      <Chunk />
    </Section>
  );
}

// A closed one opens nothing.
const toAccount = ({ number, status }: { number: number; status: AccountStatus }) =>
  status === "CLOSED" ? undefined : ({ to: "/accounts/$number", params: { number: String(number) } } as const);

// A list of chunks: each asks for its own page and, when wished, is followed by the next.
function Chunk({ after }: { after?: string }) {
  const { t } = useTranslation("client");
  const [more, setMore] = useState(false);
  const [{ data, error }, again] = useQuery({ query: AccountListDocument, variables: { after } });
  if (!data) {
    if (error) return <ErrorState fault={faultOf(error)} onRetry={() => again({ requestPolicy: "network-only" })} />;
    return (
      <div className={classes.wait} role="status" aria-label={t("account.loading")}>
        <Skeleton height={12} width="40%" radius="xs" mb="xs" />
        <Skeleton height={10} width="75%" radius="xs" />
      </div>
    );
  }
  const { nodes, pageInfo } = data.viewer.accounts;
  if (!after && nodes.length === 0) {
    return (
      <EmptyState icon={IconBuilding} title={t("accounts.none")}>
        {t("accounts.noneHint")}
      </EmptyState>
    );
  }
  return (
    <>
      <ul className={classes.list}>
        {nodes.map((node) => (
          <MembershipItem key={node.id} membership={node} whose="own" to={toAccount} />
        ))}
      </ul>
      {pageInfo.hasNextPage &&
        pageInfo.endCursor &&
        (more ? (
          <Chunk after={pageInfo.endCursor} />
        ) : (
          <div className={classes.foot}>
            <Button variant="default" size="xs" onClick={() => setMore(true)}>
              {t("accounts.more")}
            </Button>
          </div>
        ))}
    </>
  );
}
