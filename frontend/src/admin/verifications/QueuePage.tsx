import { IconUserScan } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import type { VerificationQueueQuery } from "../../gen/graphql";
import { usePages } from "../../lib/api/usePages";
import { useFormats } from "../../lib/format";
import { useProofsAsked } from "../../lib/session/useSession";
import { Badge } from "../../ui/Badge";
import { type Column, DataTable } from "../../ui/DataTable";
import { EmptyState } from "../../ui/EmptyState";
import { Ltr } from "../../ui/Ltr";
import { Page } from "../../ui/Page";
import { RowLink } from "../../ui/rows";
import classes from "../list.module.css";
import { WaitingSince } from "./WaitingSince";

const VerificationQueueDocument = graphql(`
  query VerificationQueue($after: String) {
    identityVerificationQueue(first: 50, after: $after) {
      nodes {
        submittedAt
        approvedOnce
        user {
          id
          number
          name
          email
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

// Counted on its own, so that the list never waits for it.
const VerificationsWaitingDocument = graphql(`
  query VerificationsWaiting {
    identityVerificationQueue(first: 1) {
      totalCount
    }
  }
`);

type Waiting = VerificationQueueQuery["identityVerificationQueue"]["nodes"][number] & { id: string };

const read = ({ identityVerificationQueue: { nodes, pageInfo } }: VerificationQueueQuery) => ({
  rows: nodes.map((node): Waiting => ({ id: node.user.id, ...node })),
  pageInfo,
});
const nothing = {};

/** The proofs of identity that users submitted and nobody decided about, the longest waiting first. */
export function QueuePage() {
  const { t } = useTranslation("admin");
  if (useProofsAsked()) return <Queue />;
  return (
    <Page title={t("queue.title")}>
      <EmptyState icon={IconUserScan} title={t("queue.off")}>
        {t("queue.offHint")}
      </EmptyState>
    </Page>
  );
}

function Queue() {
  const { t } = useTranslation("admin");
  const formats = useFormats();
  const columns = useQueueColumns();
  const { rows, more, fetchMore, retry, loading, fault } = usePages(VerificationQueueDocument, nothing, read);
  const [{ data: counted }, recount] = useQuery({
    query: VerificationsWaitingDocument,
    requestPolicy: "cache-and-network",
  });
  const total = counted?.identityVerificationQueue.totalCount;
  return (
    <Page
      title={t("queue.title")}
      lead={total === undefined ? undefined : t("queue.waiting", { number: formats.number(total) })}
      fill
    >
      <DataTable
        label={t("queue.title")}
        columns={columns}
        rows={rows}
        rowId={({ id }) => id}
        compact={(row) => <Card row={row} />}
        loading={loading}
        fault={fault}
        onRetry={() => {
          retry();
          recount({ requestPolicy: "network-only" });
        }}
        more={more}
        onEndNear={fetchMore}
        total={total}
        minWidth="46rem"
        empty={
          <EmptyState icon={IconUserScan} title={t("queue.none")}>
            {t("queue.noneHint")}
          </EmptyState>
        }
      />
    </Page>
  );
}

function useQueueColumns(): readonly Column<Waiting>[] {
  const { t } = useTranslation("admin");
  return useMemo(
    () => [
      {
        id: "name",
        header: t("users.name"),
        cell: (row) => <Name row={row} />,
      },
      {
        id: "email",
        header: t("users.email"),
        cell: ({ user: { email } }) => <Ltr title={email}>{email}</Ltr>,
      },
      {
        id: "since",
        header: t("queue.since"),
        width: "14.5rem",
        cell: ({ submittedAt }) => submittedAt && <WaitingSince at={submittedAt} />,
      },
      {
        id: "once",
        header: t("queue.once"),
        width: "12rem",
        cell: ({ approvedOnce }) => approvedOnce && <Badge tone="accent">{t("queue.second")}</Badge>,
      },
    ],
    [t],
  );
}

function Name({ row: { user } }: { row: Waiting }) {
  return (
    <span className={classes.name}>
      <RowLink to="/admin/verifications/$number" params={{ number: String(user.number) }}>
        {user.name}
      </RowLink>
    </span>
  );
}

/** A proof in the list, where the screen is too narrow for columns. */
function Card({ row }: { row: Waiting }) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  return (
    <div className={classes.card}>
      <div className={classes.words}>
        <Name row={row} />
        <div className={classes.email}>
          <Ltr>{row.user.email}</Ltr>
        </div>
        <div className={classes.signs}>
          <span>
            {c("field.label", { label: t("queue.since") })} {row.submittedAt && <WaitingSince at={row.submittedAt} />}
          </span>
          {row.approvedOnce && <Badge tone="accent">{t("queue.second")}</Badge>}
        </div>
      </div>
    </div>
  );
}
