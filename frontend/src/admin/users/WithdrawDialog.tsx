import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { useAct } from "../../lib/api/useAct";
import { TextField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { toastGood } from "../../ui/toast";
import { useFields } from "../../ui/useFields";

const ResetVerificationDocument = graphql(`
  mutation ResetIdentityVerification($input: ResetIdentityVerificationInput!) {
    resetIdentityVerification(input: $input) {
      user {
        id
        identityVerification {
          ...VerificationState_verification
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

interface Props {
  user: { id: string; name: string };
  onClose: () => void;
}

/** Takes a proof of identity back, so that the user can be asked again. Says what goes, and asks why. */
export function WithdrawDialog({ user, onClose }: Props) {
  const { t } = useTranslation("admin");
  const [reset, busy] = useAct(ResetVerificationDocument);
  const fields = useFields({ reason: "" });
  const submit = async () => {
    const { reason } = fields.values;
    if (!fields.check({ reason: !reason.trim() && t("disable.reasonNeeded") })) return;
    const outcome = await reset({ input: { userId: user.id, reason } });
    if (!outcome.ok) return fields.refuse(outcome.userErrors);
    toastGood(t("withdraw.done", { name: user.name }));
    onClose();
  };
  return (
    <FormDialog
      opened
      onClose={onClose}
      onSubmit={() => void submit()}
      title={t("withdraw.title")}
      text={t("withdraw.text", { name: user.name })}
      submit={t("withdraw.submit")}
      danger
      busy={busy}
      problems={fields.problems}
      answer={fields.answer}
    >
      <TextField
        {...fields.input("reason")}
        label={t("disable.reason")}
        description={t("withdraw.reasonHint")}
        maxLength={200}
        data-autofocus
      />
    </FormDialog>
  );
}
