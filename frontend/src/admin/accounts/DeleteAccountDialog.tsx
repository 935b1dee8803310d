import { Checkbox, Skeleton } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { DeleteAccountMutation } from "../../gen/graphql";
import { useAct } from "../../lib/api/useAct";
import { useFormats } from "../../lib/format";
import { useCan } from "../../lib/session/useSession";
import { FormDialog } from "../../ui/FormDialog";
import { toastGood } from "../../ui/toast";

const DeleteAccountDocument = graphql(`
  mutation DeleteAccount($input: DeleteAccountInput!) {
    deleteAccount(input: $input) {
      deletedNumber
      consequences {
        memberships
        invitations
        orders
        orphanedCount
        orphanedUsers {
          id
          name
        }
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

type Consequences = NonNullable<NonNullable<DeleteAccountMutation["deleteAccount"]>["consequences"]>;

/** How many of those who would go are named; the others are counted. */
const named = 10;

/** Deletes an account. It says first what goes with it, and who would belong to no account any more. */
export function DeleteAccountDialog({
  account,
  onClose,
}: {
  account: { id: string; name: string };
  onClose: () => void;
}) {
  const { t } = useTranslation("admin");
  const formats = useFormats();
  const navigate = useNavigate();
  const can = useCan();
  const [remove, busy] = useAct(DeleteAccountDocument);
  const [found, setFound] = useState<Consequences>();
  const [orphans, setOrphans] = useState(false);
  // Asked once, when the dialog opens; where the proof of identity is refused, there is nothing to show.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a rehearsal for each account, not for each render
  useEffect(() => {
    void (async () => {
      const input = { accountId: account.id, deleteOrphanedUsers: false, dryRun: true };
      const outcome = await remove({ input });
      if (outcome.ok && outcome.payload.consequences) setFound(outcome.payload.consequences);
      else onClose();
    })();
  }, [account.id]);

  const submit = async () => {
    const outcome = await remove({ input: { accountId: account.id, deleteOrphanedUsers: orphans } });
    if (!outcome.ok) return onClose();
    toastGood(t("deleteAccount.done", { name: account.name }));
    onClose();
    void navigate({ to: "/admin/accounts" });
  };

  const names = found?.orphanedUsers.slice(0, named).map(({ name }) => name) ?? [];
  const rest = (found?.orphanedCount ?? 0) - names.length;
  return (
    <FormDialog
      opened
      onClose={onClose}
      onSubmit={submit}
      title={t("deleteAccount.ask", { name: account.name })}
      text={t("deleteAccount.text")}
      submit={found && t("deleteAccount.submit")}
      danger
      busy={busy && Boolean(found)}
    >
      {found ? (
        <>
          <ul style={{ margin: 0, paddingInlineStart: "1.25rem" }}>
            <li>{t("deleteAccount.memberships", { count: found.memberships })}</li>
            {found.invitations > 0 && <li>{t("deleteAccount.invitations", { count: found.invitations })}</li>}
            {found.orders > 0 && <li>{t("deleteAccount.orders", { count: found.orders })}</li>}
          </ul>
          {found.orphanedCount > 0 && can("DELETE_USERS") && (
            <Checkbox
              label={t("deleteAccount.orphans", { count: found.orphanedCount })}
              description={formats.list([...names, ...(rest > 0 ? [t("deleteAccount.more", { count: rest })] : [])])}
              checked={orphans}
              onChange={({ currentTarget }) => setOrphans(currentTarget.checked)}
            />
          )}
        </>
      ) : (
        <div role="status" aria-label={t("user.loading")}>
          <Skeleton height={12} width="60%" radius="xs" mb="xs" />
          <Skeleton height={12} width="44%" radius="xs" />
        </div>
      )}
    </FormDialog>
  );
}
