import { IconBuilding } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { ReachQuery } from "../../gen/graphql";
import { Paged } from "../../lib/api/Paged";
import { usePages } from "../../lib/api/usePages";
import { MembershipItem } from "../../lib/members/MembershipItem";
import { useCan } from "../../lib/session/useSession";
import { EmptyState } from "../../ui/EmptyState";
import { Items } from "../../ui/Items";
import { Section } from "../../ui/Section";

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

const read = ({ user }: ReachQuery) =>
  user?.memberships && { rows: user.memberships.nodes, pageInfo: user.memberships.pageInfo };

const toAccount = ({ number }: { number: number }) =>
  ({ to: "/admin/accounts/$number", params: { number: String(number) }, search: { tab: "users" } }) as const;

/** The accounts that the user can reach. */
export function ReachSection({ number }: { number: number }) {
  const { t } = useTranslation("admin");
  const can = useCan();
  const variables = useMemo(() => ({ number }), [number]);
  const list = usePages(ReachDocument, variables, read);
  return (
    <Section title={t("reach.title")} lead={t("reach.lead")} flush>
      <Paged list={list} label={t("user.loading")} empty={<EmptyState icon={IconBuilding} title={t("reach.none")} />}>
        <Items>
          {list.rows.map((membership) => (
            <MembershipItem
              key={membership.id}
              membership={membership}
              whose="other"
              to={can("LIST_ACCOUNTS") ? toAccount : undefined}
            />
          ))}
        </Items>
      </Paged>
    </Section>
  );
}
