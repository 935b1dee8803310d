import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { fieldErrors } from "../api/fieldErrors";
import { useAct } from "../api/useAct";

const RotateApiTokenDocument = graphql(`
  mutation RotateApiToken($input: RotateApiTokenInput!) {
    rotateApiToken(input: $input) {
      apiToken {
        id
        createdAt
        expiresAt
      }
      secret
      userErrors {
        field
        code
        message
      }
    }
  }
`);

interface Props {
  token: { id: string; name: string };
  /** With the new secret, where there is one. */
  onClose: (secret?: string) => void;
}

/** Asks before a token gets another secret, for programs that have the old one stop working. */
export function RotateTokenDialog({ token: { id, name }, onClose }: Props) {
  const { t } = useTranslation();
  const [rotate, busy] = useAct(RotateApiTokenDocument);
  const [problems, setProblems] = useState<readonly string[]>([]);
  const confirm = async () => {
    const outcome = await rotate({ input: { tokenId: id } });
    if (outcome.ok) return onClose(outcome.payload.secret ?? undefined);
    if (outcome.fault) return onClose();
    setProblems(fieldErrors(t, outcome.userErrors, []).rest);
  };
  return (
    <ConfirmDialog
      opened
      onClose={() => onClose()}
      onConfirm={confirm}
      title={t("token.rotateTitle", { name })}
      text={t("token.rotateText")}
      confirm={t("token.rotateSubmit")}
      busy={busy}
      problems={problems}
    />
  );
}
