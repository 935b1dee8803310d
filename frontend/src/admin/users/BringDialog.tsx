import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { useAct } from "../../lib/api/useAct";
import { SelectField, TextareaField, TextField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { toastGood } from "../../ui/toast";
import { useFields } from "../../ui/useFields";

const BringDocument = graphql(`
  mutation BringIdentityVerification($input: BringIdentityVerificationInput!) {
    bringIdentityVerification(input: $input) {
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

/** Records a result that was come to before Roster. */
export function BringDialog({ user, onClose }: Props) {
  const { t } = useTranslation("admin");
  const [bring, busy] = useAct(BringDocument);
  const fields = useFields({ provider: "", result: "approved", at: "", reason: "" });
  const { provider, result, at, reason } = fields.values;
  const submit = async () => {
    const good = fields.check({
      provider: !provider.trim() && t("bring.serviceNeeded"),
      at: !(momentOf(at) <= Date.now()) && t("bring.dateNeeded"),
    });
    if (!good) return;
    const outcome = await bring({
      input: {
        userId: user.id,
        provider,
        approved: result === "approved",
        at: new Date(momentOf(at)).toISOString(),
        ...(reason.trim() && { reason }),
      },
    });
    if (!outcome.ok) return fields.refuse(outcome.userErrors);
    toastGood(t("bring.done"));
    onClose();
  };
  return (
    <FormDialog
      opened
      onClose={onClose}
      onSubmit={() => void submit()}
      title={t("bring.title")}
      text={t("bring.text", { name: user.name })}
      submit={t("bring.submit")}
      busy={busy}
      problems={fields.problems}
      answer={fields.answer}
    >
      <TextField
        {...fields.input("provider")}
        label={t("bring.service")}
        description={t("bring.serviceHint")}
        maxLength={100}
        data-autofocus
      />
      <SelectField
        label={t("bring.result")}
        data={[
          { value: "approved", label: t("bring.approved") },
          { value: "rejected", label: t("bring.rejected") },
        ]}
        value={result}
        onChange={({ currentTarget }) => fields.set("result", currentTarget.value)}
      />
      <TextField {...fields.input("at")} type="date" label={t("bring.date")} />
      <TextareaField
        {...fields.input("reason")}
        label={t("bring.remark")}
        description={t(result === "approved" ? "bring.remarkHint" : "bring.remarkShown")}
        maxLength={500}
        optional
      />
    </FormDialog>
  );
}

/** A date without a time is noon of that day; of today, what is over of it. NaN for what is no date. */
function momentOf(date: string): number {
  const noon = Date.parse(`${date}T12:00:00`);
  const now = Date.now();
  return noon > now && noon - now < 43_200_000 ? now : noon;
}
