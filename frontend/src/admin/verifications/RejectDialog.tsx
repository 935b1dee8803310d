import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { VerificationCause } from "../../gen/graphql";
import { SelectField, TextareaField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { useFields } from "../../ui/useFields";
import { causes } from "./reviewFields";
import { type Decided, useDecide } from "./useDecide";

interface Props {
  user: { id: string; name: string };
  version: number;
  onClose: () => void;
  onDecided: (decided: Decided) => void;
}

/** Asks why a proof is not accepted; the user reads it. */
export function RejectDialog({ user, version, onClose, onDecided }: Props) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const [decide, busy] = useDecide();
  const [barred, setBarred] = useState<string>();
  const fields = useFields({ cause: "" as VerificationCause | "", reason: "" });
  const { cause, reason } = fields.values;
  const submit = async () => {
    setBarred(undefined);
    const good = fields.check({
      cause: !cause && t("review.causeNeeded"),
      reason: cause === "OTHER" && !reason.trim() && t("review.reasonNeeded"),
    });
    if (!good || !cause) return;
    const decided = await decide({ userId: user.id, version, approve: false, cause, reason });
    if (decided.how !== "refused") return onDecided(decided);
    if (decided.own) return setBarred(decided.own);
    fields.refuse(decided.userErrors);
  };
  return (
    <FormDialog
      opened
      onClose={onClose}
      onSubmit={() => void submit()}
      title={t("review.rejectTitle", { name: user.name })}
      text={t("review.rejectText")}
      submit={t("review.rejectSubmit")}
      danger
      busy={busy}
      problems={barred ? [barred] : fields.problems}
      answer={fields.answer}
    >
      <SelectField
        {...fields.input("cause")}
        label={t("review.cause")}
        data={[
          { value: "", label: t("review.choose"), disabled: true },
          ...causes.map((value) => ({ value, label: c(`verification.cause.${value}`) })),
        ]}
        data-autofocus
      />
      <TextareaField
        {...fields.input("reason")}
        label={t("review.reason")}
        description={t("review.reasonHint")}
        optional={cause !== "OTHER"}
        maxLength={500}
      />
    </FormDialog>
  );
}
