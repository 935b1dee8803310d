import { Button } from "@mantine/core";
import { IconUserPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import { InvitationsSection } from "../../lib/members/InvitationsSection";
import { useCan } from "../../lib/session/useSession";
import { AssociateDialog } from "./AssociateDialog";
import { MembersSection } from "./MembersSection";

const UsersTabDocument = graphql(`
  query UsersTab($number: Int!) {
    account(number: $number) {
      id
      status
    }
  }
`);

/** Who can reach the account, and who was asked to. */
export function UsersTab({ number }: { number: number }) {
  const { t } = useTranslation("admin");
  const can = useCan();
  const [{ data }] = useQuery({ query: UsersTabDocument, variables: { number } });
  const [adding, setAdding] = useState(false);
  const [round, setRound] = useState(0);
  const account = data?.account;
  return (
    <>
      <MembersSection
        key={`members ${round}`}
        number={number}
        actions={
          can("MANAGE_MEMBERSHIPS") &&
          account &&
          account.status !== "CLOSED" && (
            <Button
              size="xs"
              leftSection={<IconUserPlus size={15} stroke={1.8} aria-hidden="true" />}
              onClick={() => setAdding(true)}
            >
              {t("associate.action")}
            </Button>
          )
        }
      />
      <InvitationsSection key={`invitations ${round}`} number={number} may={can("MANAGE_MEMBERSHIPS")} />
      {adding && account && (
        <AssociateDialog
          accountId={account.id}
          onClose={(done) => {
            setAdding(false);
            if (done) setRound((n) => n + 1);
          }}
        />
      )}
    </>
  );
}
