import { IconMail } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { OwnEmailsQuery } from "../../gen/graphql";
import { Paged } from "../../lib/api/Paged";
import { usePages } from "../../lib/api/usePages";
import { useFormats } from "../../lib/format";
import { Badge } from "../../ui/Badge";
import { EmptyState } from "../../ui/EmptyState";
import { Item, Items } from "../../ui/Items";
import { Ltr } from "../../ui/Ltr";
import { Section } from "../../ui/Section";

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

const read = ({ account }: OwnEmailsQuery) =>
  account?.emails && {
    rows: account.emails.edges.map(({ cursor, node }) => ({ id: cursor, ...node })),
    pageInfo: account.emails.pageInfo,
  };

/** The mails about the account: what they were, not what they said. */
export function EmailsTab({ number }: { number: number }) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const formats = useFormats();
  const variables = useMemo(() => ({ number }), [number]);
  const list = usePages(OwnEmailsDocument, variables, read);
  return (
    <Section title={t("chooser.tab.emails")} lead={t("ownEmails.lead")} flush>
      <Paged
        list={list}
        label={t("account.loading")}
        empty={<EmptyState icon={IconMail} title={t("ownEmails.none")} />}
      >
        <Items>
          {list.rows.map(({ id, subject, recipient, createdAt, delivery }) => (
            <Item
              key={id}
              icon={IconMail}
              title={subject}
              mark={<Badge tone={delivery === "FAILED" ? "bad" : "neutral"}>{c(`delivery.${delivery}`)}</Badge>}
            >
              <Ltr>{recipient}</Ltr>
              {" · "}
              {formats.dateTime(createdAt)}
            </Item>
          ))}
        </Items>
      </Paged>
    </Section>
  );
}
