import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { useAct } from "../../lib/api/useAct";
import { TextField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { toastGood } from "../../ui/toast";
import { useFields } from "../../ui/useFields";

const InitiateDocument = graphql(`
  mutation InitiateIdentityVerification($input: InitiateIdentityVerificationInput!) {
    initiateIdentityVerification(input: $input) {
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
  user: { id: string; name: string; email: string };
  /** They proved it already, and that holds. */
  approved: boolean;
  onClose: () => void;
}

/** Asks why, before a user is asked, by mail, to prove who they are. */
export function InitiateDialog({ user: { id, name, email }, approved, onClose }: Props) {
  const { t } = useTranslation("admin");
  const [initiate, busy] = useAct(InitiateDocument);
  const [barred, setBarred] = useState<string>();
  const fields = useFields({ reason: "" });
  const submit = async () => {
    setBarred(undefined);
    const reason = fields.values.reason.trim();
    const outcome = await initiate({ input: { userId: id, ...(reason && { reason }) } });
    if (outcome.ok) {
      toastGood(t("initiate.done", { email }));
      return onClose();
    }
    if (outcome.fault) return onClose();
    // What the page knew before it was asked is out of date: the order is gone, or somebody else was faster.
    if (outcome.userErrors.some(({ code }) => code === "NOT_ALLOWED")) return setBarred(t("initiate.refused"));
    fields.refuse(outcome.userErrors);
  };
  return (
    <FormDialog
      opened
      onClose={onClose}
      onSubmit={() => void submit()}
      title={t("initiate.title", { name })}
      text={`${t("initiate.text", { name, email })}${approved ? ` ${t("initiate.ends")}` : ""}`}
      submit={t("initiate.submit")}
      busy={busy}
      problems={barred ? [barred] : fields.problems}
      answer={fields.answer}
    >
      <TextField
        {...fields.input("reason")}
        label={t("disable.reason")}
        description={t("withdraw.reasonHint")}
        maxLength={200}
        optional
        data-autofocus
      />
    </FormDialog>
  );
}
