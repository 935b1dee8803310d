import { IconReceipt } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { UserOrdersQuery } from "../../gen/graphql";
import { Paged } from "../../lib/api/Paged";
import { usePages } from "../../lib/api/usePages";
import { useFormats } from "../../lib/format";
import { useProofsAsked } from "../../lib/session/useSession";
import { Badge } from "../../ui/Badge";
import { EmptyState } from "../../ui/EmptyState";
import { Item, Items } from "../../ui/Items";
import { Section } from "../../ui/Section";

const UserOrdersDocument = graphql(`
  query UserOrders($number: Int!, $after: String) {
    user(number: $number) {
      id
      orders(first: 25, after: $after) {
        nodes {
          id
          number
          createdAt
          placedByStaff
          verificationRequired
          account {
            id
            number
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

const read = ({ user }: UserOrdersQuery) => user?.orders && { rows: user.orders.nodes, pageInfo: user.orders.pageInfo };

/** The orders that the user placed, in whichever account, and those that staff placed in accounts that they own. */
export function OrdersSection({ number }: { number: number }) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const formats = useFormats();
  const proofs = useProofsAsked();
  const variables = useMemo(() => ({ number }), [number]);
  const list = usePages(UserOrdersDocument, variables, read);
  return (
    <Section title={c("orders.title")} lead={t("userOrders.lead")} flush>
      <Paged list={list} label={c("orders.loading")} empty={<EmptyState icon={IconReceipt} title={c("orders.none")} />}>
        <Items>
          {list.rows.map(({ id, number: order, createdAt, placedByStaff, verificationRequired, account }) => (
            <Item
              key={id}
              icon={IconReceipt}
              title={order}
              mark={proofs && verificationRequired && <Badge tone="accent">{c("verification.required")}</Badge>}
            >
              <Link to="/admin/accounts/$number" params={{ number: String(account.number) }} search={{ tab: "orders" }}>
                <bdi>{account.name}</bdi>
              </Link>
              {placedByStaff && ` · ${c("orders.byStaff")}`}
              {" · "}
              {formats.dateTime(createdAt)}
            </Item>
          ))}
        </Items>
      </Paged>
    </Section>
  );
}
