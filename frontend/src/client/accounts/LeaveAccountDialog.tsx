import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { ActDialog } from "../../lib/api/ActDialog";
import { useApi } from "../../lib/api/ApiProvider";

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

interface Props {
  account: { id: string; name: string };
  onClose: () => void;
}

/** Leaves an account, and says what that means. */
export function LeaveAccountDialog({ account: { id, name }, onClose }: Props) {
  const { t } = useTranslation("client");
  const api = useApi();
  const navigate = useNavigate();
  const close = async (left: boolean) => {
    if (!left) return onClose();
    await navigate({ to: "/accounts" });
    // What was known of the account is not theirs any more.
    api.renew();
  };
  return (
    <ActDialog
      document={LeaveAccountDocument}
      variables={{ input: { accountId: id } }}
      title={t("leave.ask", { name })}
      text={t("leave.text")}
      confirm={t("leave.submit")}
      danger
      done={t("leave.done", { name })}
      onClose={(left) => void close(left)}
    />
  );
}
