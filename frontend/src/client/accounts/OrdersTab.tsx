import { IconReceipt } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { OwnOrdersQuery } from "../../gen/graphql";
import { usePages } from "../../lib/api/usePages";
import { useFormats } from "../../lib/format";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Item, Items } from "../../ui/Items";
import { More } from "../../ui/More";
import { Section } from "../../ui/Section";
import { TimelineLoading } from "../../ui/Timeline";

const OwnOrdersDocument = graphql(`
  query OwnOrders($number: Int!, $after: String) {
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

const read = ({ account }: OwnOrdersQuery) =>
  account?.orders && { rows: account.orders.nodes, pageInfo: account.orders.pageInfo };

/** The orders of the account that are known here. */
export function OrdersTab({ number }: { number: number }) {
  const { t } = useTranslation("client");
  const formats = useFormats();
  const variables = useMemo(() => ({ number }), [number]);
  const { rows, more, fetchMore, retry, loading, fault } = usePages(OwnOrdersDocument, variables, read);
  return (
    <Section title={t("chooser.tab.orders")} lead={t("ownOrders.lead")} flush>
      {rows.length === 0 && loading && <TimelineLoading label={t("account.loading")} />}
      {fault && <ErrorState fault={fault} onRetry={retry} />}
      {rows.length === 0 && !loading && !fault && <EmptyState icon={IconReceipt} title={t("ownOrders.none")} />}
      <Items>
        {rows.map((order) => (
          <Item key={order.id} icon={IconReceipt} title={order.number}>
            {order.placedBy ? t("ownOrders.by", { name: order.placedBy.name }) : t("ownOrders.byStaff")}
            {" · "}
            {formats.dateTime(order.createdAt)}
          </Item>
        ))}
      </Items>
      {more && <More loading={loading} onMore={fetchMore} />}
    </Section>
  );
}
