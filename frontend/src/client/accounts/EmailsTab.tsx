import { IconMail } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import { faultOf } from "../../lib/api/fault";
import { useFormats } from "../../lib/format";
import { Badge } from "../../ui/Badge";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Item, Items } from "../../ui/Items";
import { Ltr } from "../../ui/Ltr";
import { More } from "../../ui/More";
import { Section } from "../../ui/Section";
import { TimelineLoading } from "../../ui/Timeline";

const OwnEmailsDocument = graphql(`
  query OwnEmails($number: Int!, $after: String) {
    account(number: $number) {
      id
      emails(first: 25, after: $after) {
        edges {
          cursor
          node {
            subject
            recipient
            createdAt
            delivery
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

/** The mails about the account: what they were, not what they said. */
export function EmailsTab({ number }: { number: number }) {
  const { t } = useTranslation("client");
  return (
    <Section title={t("chooser.tab.emails")} lead={t("ownEmails.lead")} flush>
      <Chunk number={number} />
    </Section>
  );
}

function Chunk({ number, after }: { number: number; after?: string }) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const formats = useFormats();
  const [further, setFurther] = useState(false);
  const [{ data, error }, again] = useQuery({
    query: OwnEmailsDocument,
    variables: { number, after },
    requestPolicy: "cache-and-network",
  });
  const page = data?.account?.emails;
  if (!page && error) {
    return <ErrorState fault={faultOf(error)} onRetry={() => again({ requestPolicy: "network-only" })} />;
  }
  if (!page) return <TimelineLoading label={t("account.loading")} />;
  if (!after && page.edges.length === 0) return <EmptyState icon={IconMail} title={t("ownEmails.none")} />;
  const { hasNextPage, endCursor } = page.pageInfo;
  return (
    <>
      <Items>
        {page.edges.map(({ cursor, node }) => (
          <Item
            key={cursor}
            icon={IconMail}
            title={node.subject}
            mark={<Badge tone={node.delivery === "FAILED" ? "bad" : "neutral"}>{c(`delivery.${node.delivery}`)}</Badge>}
          >
            <Ltr>{node.recipient}</Ltr>
            {" · "}
            {formats.dateTime(node.createdAt)}
          </Item>
        ))}
      </Items>
      {hasNextPage && endCursor && further && <Chunk number={number} after={endCursor} />}
      {hasNextPage && !further && <More loading={false} onMore={() => setFurther(true)} />}
    </>
  );
}
