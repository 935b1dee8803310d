import { Button } from "@mantine/core";
import { IconMailForward } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { InvitationsSectionQuery } from "../../gen/graphql";
import { Badge } from "../../ui/Badge";
import { EmptyState } from "../../ui/EmptyState";
import { Item, Items } from "../../ui/Items";
import { Ltr } from "../../ui/Ltr";
import { Section } from "../../ui/Section";
import { Paged } from "../api/Paged";
import { usePages } from "../api/usePages";
import { useFormats } from "../format";
import { CancelInvitationDialog } from "./CancelInvitationDialog";
import { PermissionList } from "./PermissionList";
import { useDelivery } from "./useDelivery";
import { useResendInvitation } from "./useResendInvitation";

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
          membershipEndsAt
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
  account?.invitations && {
    rows: account.invitations.nodes.filter(({ status }) => status === "PENDING" || status === "EXPIRED"),
    pageInfo: account.invitations.pageInfo,
  };

/** The open invitations of an account, and what became of their mails; `may`: they can be sent anew and cancelled. */
export function InvitationsSection({ number, may }: { number: number; may: boolean }) {
  const { t: c } = useTranslation("common");
  const formats = useFormats();
  const variables = useMemo(() => ({ number }), [number]);
  const list = usePages(InvitationsSectionDocument, variables, read);
  useDelivery(list.rows);
  const [resend, busy] = useResendInvitation(list.retry);
  const [cancelling, setCancelling] = useState<{ id: string; email: string }>();
  return (
    <Section title={c("invitations.title")} lead={c("invitations.lead")} flush>
      <Paged
        list={list}
        label={c("table.loading")}
        empty={<EmptyState icon={IconMailForward} title={c("invitations.none")} />}
      >
        <Items>
          {list.rows.map((invitation) => (
            <Item
              key={invitation.id}
              icon={IconMailForward}
              title={<Ltr>{invitation.email}</Ltr>}
              mark={
                <>
                  {invitation.membershipEndsAt && (
                    <Badge tone="warn">
                      {c("permissions.endsOn", { date: formats.date(invitation.membershipEndsAt) })}
                    </Badge>
                  )}
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
                    <Button variant="default" size="xs" disabled={busy} onClick={() => setCancelling(invitation)}>
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
      </Paged>
      {cancelling && <CancelInvitationDialog invitation={cancelling} onClose={() => setCancelling(undefined)} />}
    </Section>
  );
}
