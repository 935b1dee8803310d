import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { AccessSectionQuery } from "../../gen/graphql";
import { usePages } from "../../lib/api/usePages";
import { AccessGrid } from "../../lib/members/AccessGrid";
import { useCan } from "../../lib/session/useSession";
import { ErrorState } from "../../ui/ErrorState";
import { More } from "../../ui/More";
import { Section } from "../../ui/Section";
import { TimelineLoading } from "../../ui/Timeline";

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
  const { rows, more, fetchMore, retry, loading, fault } = usePages(AccessSectionDocument, variables, read);
  const locked = !can("MANAGE_MEMBERSHIPS");
  return (
    <Section title={c("grid.heading")} lead={c(locked ? "grid.leadRead" : "grid.lead")} flush>
      {rows.length === 0 && loading && <TimelineLoading label={t("user.loading")} />}
      {fault && <ErrorState fault={fault} onRetry={retry} />}
      {rows.length > 0 && (
        <AccessGrid
          label={c("grid.heading")}
          head={t("account.title")}
          rows={rows.map(({ account, ...row }) => ({ ...row, name: account.name, locked }))}
          onSaved={retry}
        />
      )}
      {more && <More loading={loading} onMore={fetchMore} />}
    </Section>
  );
}
