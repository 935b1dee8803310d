import { IconReceipt } from "@tabler/icons-react";
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { OrdersSectionQuery } from "../../gen/graphql";
import { Badge } from "../../ui/Badge";
import { EmptyState } from "../../ui/EmptyState";
import { Item, Items } from "../../ui/Items";
import { Section } from "../../ui/Section";
import { Paged } from "../api/Paged";
import { usePages } from "../api/usePages";
import { useFormats } from "../format";
import { useProofsAsked } from "../session/useSession";

const OrdersSectionDocument = graphql(`
  query OrdersSection($number: Int!, $after: String) {
    account(number: $number) {
      id
      orders(first: 25, after: $after) {
        nodes {
          id
          number
          createdAt
          placedByStaff
          verificationRequired
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

const read = ({ account }: OrdersSectionQuery) =>
  account?.orders && { rows: account.orders.nodes, pageInfo: account.orders.pageInfo };

interface Props {
  /** The account's. */
  number: number;
  lead: string;
  /** What can be done to the list of the account with this ID; `reload` brings it anew. */
  actions?: (accountId: string, reload: () => void) => ReactNode;
}

/** The orders that other systems keep, as far as they were noted here. */
export function OrdersSection({ number, lead, actions }: Props) {
  const { t } = useTranslation("common");
  const formats = useFormats();
  const proofs = useProofsAsked();
  const variables = useMemo(() => ({ number }), [number]);
  const list = usePages(OrdersSectionDocument, variables, read);
  const id = list.first?.account?.id;
  return (
    <Section title={t("orders.title")} lead={lead} actions={id && actions?.(id, list.retry)} flush>
      <Paged list={list} label={t("orders.loading")} empty={<EmptyState icon={IconReceipt} title={t("orders.none")} />}>
        <Items>
          {list.rows.map((order) => (
            <Item
              key={order.id}
              icon={IconReceipt}
              title={order.number}
              mark={proofs && order.verificationRequired && <Badge tone="accent">{t("verification.required")}</Badge>}
            >
              {order.placedBy
                ? t("orders.by", { name: order.placedBy.name })
                : t(order.placedByStaff ? "orders.byStaff" : "orders.byFormer")}
              {" · "}
              {formats.dateTime(order.createdAt)}
            </Item>
          ))}
        </Items>
      </Paged>
    </Section>
  );
}
