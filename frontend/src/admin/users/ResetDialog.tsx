import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { ActDialog } from "../../lib/api/ActDialog";

const SendPasswordResetDocument = graphql(`
  mutation SendPasswordReset($input: SendPasswordResetInput!) {
    sendPasswordReset(input: $input) {
      delivery
      userErrors {
        field
        code
        message
      }
    }
  }
`);

interface Props {
  user: { id: string; name: string; email: string };
  onClose: () => void;
}

/** Asks before a reset link is mailed, and says what it does. */
export function ResetDialog({ user: { id, name, email }, onClose }: Props) {
  const { t } = useTranslation("admin");
  return (
    <ActDialog
      document={SendPasswordResetDocument}
      variables={{ input: { userId: id } }}
      title={t("reset.title")}
      text={t("reset.text", { name, email })}
      confirm={t("reset.confirm")}
      done={t("reset.queued", { email })}
      onClose={onClose}
    />
  );
}
