import { Button } from "@mantine/core";
import { IconMailForward } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { InvitationsSectionQuery } from "../../gen/graphql";
import { Badge } from "../../ui/Badge";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Item, Items } from "../../ui/Items";
import { Ltr } from "../../ui/Ltr";
import { More } from "../../ui/More";
import { Section } from "../../ui/Section";
import { TimelineLoading } from "../../ui/Timeline";
import { usePages } from "../api/usePages";
import { useFormats } from "../format";
import { PermissionList } from "./PermissionList";
import { useInvitationActs } from "./useInvitationActs";

const InvitationsSectionDocument = graphql(`
  query InvitationsSection($number: Int!, $after: String) {
    account(number: $number) {
      id
      invitations(first: 25, after: $after) {
        nodes {
          id
          email
          permissions
          sentAt
          expiresAt
          status
          delivery
          inviter {
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

const read = ({ account }: InvitationsSectionQuery) =>
  account?.invitations && { rows: account.invitations.nodes, pageInfo: account.invitations.pageInfo };

/** The open invitations of an account, and what became of their mails; `may`: they can be sent anew and cancelled. */
export function InvitationsSection({ number, may }: { number: number; may: boolean }) {
  const { t: c } = useTranslation("common");
  const formats = useFormats();
  const variables = useMemo(() => ({ number }), [number]);
  const { rows, more, fetchMore, retry, loading, fault } = usePages(InvitationsSectionDocument, variables, read);
  const { resend, cancel, busy } = useInvitationActs(retry);
  const open = rows.filter(({ status }) => status === "PENDING" || status === "EXPIRED");
  return (
    <Section title={c("invitations.title")} lead={c("invitations.lead")} flush>
      {rows.length === 0 && loading && <TimelineLoading label={c("table.loading")} />}
      {fault && <ErrorState fault={fault} onRetry={retry} />}
      {open.length === 0 && !loading && !fault && <EmptyState icon={IconMailForward} title={c("invitations.none")} />}
      <Items>
        {open.map((invitation) => (
          <Item
            key={invitation.id}
            icon={IconMailForward}
            title={<Ltr>{invitation.email}</Ltr>}
            mark={
              <>
                {invitation.status === "EXPIRED" && <Badge tone="warn">{c("invitations.expired")}</Badge>}
                <Badge tone={invitation.delivery === "FAILED" ? "bad" : "neutral"}>
                  {c(`delivery.${invitation.delivery}`)}
                </Badge>
              </>
            }
            actions={
              may && (
                <>
                  <Button variant="default" size="xs" disabled={busy} onClick={() => void resend(invitation)}>
                    {c("invitations.resend")}
                  </Button>
                  <Button variant="default" size="xs" disabled={busy} onClick={() => void cancel(invitation)}>
                    {c("invitations.cancel")}
                  </Button>
                </>
              )
            }
          >
            {c("invitations.until", { date: formats.dateTime(invitation.expiresAt) })}
            {invitation.inviter && ` · ${c("invitations.by", { name: invitation.inviter.name })}`}
            <br />
            <PermissionList permissions={invitation.permissions} />
          </Item>
        ))}
      </Items>
      {more && <More loading={loading} onMore={fetchMore} />}
    </Section>
  );
}
