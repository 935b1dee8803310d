import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { AccountGridQuery, AccountPermission } from "../../gen/graphql";
import { Section } from "../../ui/Section";
import { Paged } from "../api/Paged";
import { usePages } from "../api/usePages";
import { AccessGrid } from "./AccessGrid";

const AccountGridDocument = graphql(`
  query AccountGrid($number: Int!, $after: String) {
    account(number: $number) {
      id
      members(first: 50, after: $after) {
        nodes {
          id
          owner
          permissions
          endsAt
          version
          user {
            id
            name
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

const read = ({ account }: AccountGridQuery) =>
  account?.members && { rows: account.members.nodes, pageInfo: account.members.pageInfo };

interface Props {
  number: number;
  /** Whether the reader can change anything. */
  may: boolean;
  /** What the reader may hand on, as the API says it; absent: everything. */
  grantable?: readonly AccountPermission[];
  /** The reader, who can't change what they may do themselves. */
  self?: string;
}

/** Who may do what in the account, as a grid. */
export function AccountGrid({ number, may, grantable, self }: Props) {
  const { t: c } = useTranslation("common");
  const variables = useMemo(() => ({ number }), [number]);
  const list = usePages(AccountGridDocument, variables, read);
  return (
    <Section title={c("grid.heading")} lead={c(may ? "grid.lead" : "grid.leadRead")} flush>
      <Paged list={list} label={c("table.loading")}>
        <AccessGrid
          label={c("grid.heading")}
          head={c("grid.user")}
          rows={list.rows.map(({ user, ...row }) => ({ ...row, name: user.name, locked: !may || user.id === self }))}
          grantable={grantable}
          onSaved={list.retry}
        />
      </Paged>
    </Section>
  );
}
