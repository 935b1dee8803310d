import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { ActDialog } from "../../lib/api/ActDialog";

const RemovePasskeyDocument = graphql(`
  mutation RemovePasskey($input: RemovePasskeyInput!) {
    removePasskey(input: $input) {
      user {
        id
        twoFactorEnabled
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

interface Props {
  passkey: { id: string; name: string };
  /** Whether it was done. */
  onClose: (done: boolean) => void;
}

/** Takes a passkey off the user, and says what that means. */
export function RemovePasskeyDialog({ passkey: { id, name }, onClose }: Props) {
  const { t } = useTranslation("client");
  return (
    <ActDialog
      document={RemovePasskeyDocument}
      variables={{ input: { passkeyId: id } }}
      title={t("passkeys.remove.title")}
      text={t("passkeys.remove.text", { name })}
      confirm={t("passkeys.remove.submit")}
      danger
      done={t("passkeys.remove.done", { name })}
      onClose={onClose}
    />
  );
}
