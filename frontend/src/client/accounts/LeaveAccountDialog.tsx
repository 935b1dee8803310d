import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { useApi } from "../../lib/api/ApiProvider";
import { useAct } from "../../lib/api/useAct";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { toastGood } from "../../ui/toast";

const LeaveAccountDocument = graphql(`
  mutation LeaveAccount($input: LeaveAccountInput!) {
    leaveAccount(input: $input) {
      leftId
      userErrors {
        field
        code
        message
      }
    }
  }
`);

/** Leaves an account, and says what that means. */
export function LeaveAccountDialog({
  account,
  onClose,
}: {
  account: { id: string; name: string };
  onClose: () => void;
}) {
  const { t } = useTranslation("client");
  const api = useApi();
  const navigate = useNavigate();
  const [leave, busy] = useAct(LeaveAccountDocument);
  const confirm = async () => {
    const { ok } = await leave({ input: { accountId: account.id } });
    if (!ok) return onClose();
    toastGood(t("leave.done", { name: account.name }));
    await navigate({ to: "/accounts" });
    // What was known of the account is not theirs any more.
    api.renew();
  };
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      onConfirm={confirm}
      title={t("leave.ask", { name: account.name })}
      text={t("leave.text")}
      confirm={t("leave.submit")}
      danger
      busy={busy}
    />
  );
}
