import { Button } from "@mantine/core";
import { IconPlus, IconReceipt } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { AccountOrdersQuery } from "../../gen/graphql";
import { usePages } from "../../lib/api/usePages";
import { useFormats } from "../../lib/format";
import { useCan } from "../../lib/session/useSession";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Item, Items } from "../../ui/Items";
import { More } from "../../ui/More";
import { Section } from "../../ui/Section";
import { TimelineLoading } from "../../ui/Timeline";
import { RecordOrderDialog } from "./RecordOrderDialog";

const AccountOrdersDocument = graphql(`
  query AccountOrders($number: Int!, $after: String) {
    account(number: $number) {
      id
      orders(first: 25, after: $after) {
        nodes {
          id
          number
          createdAt
          placedBy {
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

const read = ({ account }: AccountOrdersQuery) =>
  account?.orders && { rows: account.orders.nodes, pageInfo: account.orders.pageInfo };

/** The orders that other systems keep, as far as they were noted here. */
export function OrdersTab({ number }: { number: number }) {
  const { t } = useTranslation("admin");
  const can = useCan();
  const formats = useFormats();
  const variables = useMemo(() => ({ number }), [number]);
  const { rows, more, fetchMore, retry, loading, fault, first } = usePages(AccountOrdersDocument, variables, read);
  const [recording, setRecording] = useState(false);
  const id = first?.account?.id;
  return (
    <Section
      title={t("account.tab.orders")}
      lead={t("orders.lead")}
      actions={
        can("EDIT_ACCOUNTS") &&
        id && (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={15} stroke={1.8} aria-hidden="true" />}
            onClick={() => setRecording(true)}
          >
            {t("orders.record")}
          </Button>
        )
      }
      flush
    >
      {rows.length === 0 && loading && <TimelineLoading label={t("user.loading")} />}
      {fault && <ErrorState fault={fault} onRetry={retry} />}
      {rows.length === 0 && !loading && !fault && <EmptyState icon={IconReceipt} title={t("orders.none")} />}
      <Items>
        {rows.map((order) => (
          <Item key={order.id} icon={IconReceipt} title={order.number}>
            {order.placedBy ? t("orders.by", { name: order.placedBy.name }) : t("orders.byStaff")}
            {" · "}
            {formats.dateTime(order.createdAt)}
          </Item>
        ))}
      </Items>
      {more && <More loading={loading} onMore={fetchMore} />}
      {recording && id && (
        <RecordOrderDialog
          accountId={id}
          number={number}
          onClose={(done) => {
            setRecording(false);
            if (done) retry();
          }}
        />
      )}
    </Section>
  );
}
