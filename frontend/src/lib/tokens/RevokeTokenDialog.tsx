import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { TextField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { toastGood } from "../../ui/toast";
import { useFields } from "../../ui/useFields";
import { useAct } from "../api/useAct";

const RevokeApiTokenDocument = graphql(`
  mutation RevokeApiToken($input: RevokeApiTokenInput!) {
    revokeApiToken(input: $input) {
      apiToken {
        id
        usable
        revokedAt
        revokeReason
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
  token: { id: string; name: string };
  /** It is the reader's own: then nobody needs a reason. */
  own: boolean;
  onClose: () => void;
}

/** Ends a token at once, and says why. */
export function RevokeTokenDialog({ token: { id, name }, own, onClose }: Props) {
  const { t } = useTranslation();
  const [revoke, busy] = useAct(RevokeApiTokenDocument);
  const fields = useFields({ reason: "" });
  const submit = async () => {
    const { reason } = fields.values;
    if (!fields.check({ reason: !own && !reason.trim() && t("token.reasonNeeded") })) return;
    const outcome = await revoke({ input: { tokenId: id, ...(reason && { reason }) } });
    if (!outcome.ok) {
      if (outcome.fault) onClose();
      return fields.refuse(outcome.userErrors);
    }
    toastGood(t("token.revokeDone", { name }));
    onClose();
  };
  return (
    <FormDialog
      opened
      danger
      onClose={onClose}
      onSubmit={submit}
      title={t("token.revokeTitle", { name })}
      text={t("token.revokeText")}
      submit={t("token.revoke")}
      busy={busy}
      problems={fields.problems}
      answer={fields.answer}
    >
      <TextField {...fields.input("reason")} label={t("token.reason")} maxLength={200} optional={own} data-autofocus />
    </FormDialog>
  );
}
