import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { GridTabQuery } from "../../gen/graphql";
import { usePages } from "../../lib/api/usePages";
import { AccessGrid } from "../../lib/members/AccessGrid";
import { useCan } from "../../lib/session/useSession";
import { ErrorState } from "../../ui/ErrorState";
import { More } from "../../ui/More";
import { Section } from "../../ui/Section";
import { TimelineLoading } from "../../ui/Timeline";

const GridTabDocument = graphql(`
  query GridTab($number: Int!, $after: String) {
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

const read = ({ account }: GridTabQuery) =>
  account?.members && { rows: account.members.nodes, pageInfo: account.members.pageInfo };

/** Who may do what in the account, as a grid. */
export function GridTab({ number }: { number: number }) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const can = useCan();
  const variables = useMemo(() => ({ number }), [number]);
  const { rows, more, fetchMore, retry, loading, fault } = usePages(GridTabDocument, variables, read);
  const locked = !can("MANAGE_MEMBERSHIPS");
  return (
    <Section title={c("grid.heading")} lead={c("grid.lead")} flush>
      {rows.length === 0 && loading && <TimelineLoading label={t("user.loading")} />}
      {fault && <ErrorState fault={fault} onRetry={retry} />}
      {rows.length > 0 && (
        <AccessGrid
          label={c("grid.heading")}
          head={t("user.title")}
          rows={rows.map(({ user, ...row }) => ({ ...row, name: user.name, locked }))}
          onSaved={retry}
        />
      )}
      {more && <More loading={loading} onMore={fetchMore} />}
    </Section>
  );
}
