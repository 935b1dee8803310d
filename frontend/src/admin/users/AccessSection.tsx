import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { AccessSectionQuery } from "../../gen/graphql";
import { Paged } from "../../lib/api/Paged";
import { usePages } from "../../lib/api/usePages";
import { AccessGrid } from "../../lib/members/AccessGrid";
import { useCan } from "../../lib/session/useSession";
import { Section } from "../../ui/Section";

const AccessSectionDocument = graphql(`
  query AccessSection($number: Int!, $after: String) {
    user(number: $number) {
      id
      memberships(first: 50, after: $after) {
        nodes {
          id
          owner
          permissions
          endsAt
          version
          account {
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

const read = ({ user }: AccessSectionQuery) =>
  user?.memberships && { rows: user.memberships.nodes, pageInfo: user.memberships.pageInfo };

/** What the user may do in each account, as a grid. */
export function AccessSection({ number }: { number: number }) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const can = useCan();
  const variables = useMemo(() => ({ number }), [number]);
  const list = usePages(AccessSectionDocument, variables, read);
  const locked = !can("MANAGE_MEMBERSHIPS");
  return (
    <Section title={c("grid.heading")} lead={c(locked ? "grid.leadRead" : "grid.lead")} flush>
      <Paged list={list} label={t("user.loading")}>
        <AccessGrid
          label={c("grid.heading")}
          head={t("account.title")}
          rows={list.rows.map(({ account, ...row }) => ({ ...row, name: account.name, locked }))}
          onSaved={list.retry}
        />
      </Paged>
    </Section>
  );
}
