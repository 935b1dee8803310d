import { IconBuilding } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { AccountListQuery, AccountStatus } from "../../gen/graphql";
import { Paged } from "../../lib/api/Paged";
import { usePages } from "../../lib/api/usePages";
import { MembershipItem } from "../../lib/members/MembershipItem";
import { EmptyState } from "../../ui/EmptyState";
import { Items } from "../../ui/Items";
import { Section } from "../../ui/Section";

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

const read = ({ viewer }: AccountListQuery) => ({ rows: viewer.accounts.nodes, pageInfo: viewer.accounts.pageInfo });
const nothing = {};

// A closed one opens nothing.
const toAccount = ({ number, status }: { number: number; status: AccountStatus }) =>
  status === "CLOSED" ? undefined : ({ to: "/accounts/$number", params: { number: String(number) } } as const);

/** The accounts that the viewer can reach, and what they may do in each. */
export function AccountList() {
  const { t } = useTranslation("client");
  const list = usePages(AccountListDocument, nothing, read);
  return (
    <Section title={t("accounts.title")} lead={t("accounts.lead")} flush>
      <Paged
        list={list}
        label={t("account.loading")}
        empty={
          <EmptyState icon={IconBuilding} title={t("accounts.none")}>
            {t("accounts.noneHint")}
          </EmptyState>
        }
      >
        <Items>
          {list.rows.map((membership) => (
            <MembershipItem key={membership.id} membership={membership} whose="own" to={toAccount} />
          ))}
        </Items>
      </Paged>
    </Section>
  );
}
