import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { useAct } from "../../lib/api/useAct";
import { TextField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { toastGood } from "../../ui/toast";
import { useFields } from "../../ui/useFields";

const DisableTwoFactorDocument = graphql(`
  mutation DisableTwoFactor($input: DisableTwoFactorInput!) {
    disableTwoFactor(input: $input) {
      user {
        id
        twoFactorEnabled
        passkeyCount
        authenticatorSince
        backupCodesLeft
        version
        updatedAt
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

const DisableSecurityQuestionDocument = graphql(`
  mutation DisableSecurityQuestion($input: DisableSecurityQuestionInput!) {
    disableSecurityQuestion(input: $input) {
      user {
        id
        securityQuestionSet
        securityQuestionSince
        version
        updatedAt
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
  what: "twoFactor" | "question";
  user: { id: string; name: string };
  onClose: () => void;
}

/** Switches off two-factor sign-in, or removes the security question. Says what follows, and asks why. */
export function DisableDialog({ what, user, onClose }: Props) {
  const { t } = useTranslation("admin");
  const [disableTwoFactor, switching] = useAct(DisableTwoFactorDocument);
  const [disableQuestion, removing] = useAct(DisableSecurityQuestionDocument);
  const fields = useFields({ reason: "" });

  const submit = async () => {
    if (!fields.check({ reason: !fields.values.reason.trim() && t("disable.reasonNeeded") })) return;
    const input = { userId: user.id, reason: fields.values.reason };
    const outcome = what === "twoFactor" ? await disableTwoFactor({ input }) : await disableQuestion({ input });
    if (!outcome.ok) return fields.refuse(outcome.userErrors);
    toastGood(t(`disable.${what}.done`, { name: user.name }));
    onClose();
  };

  return (
    <FormDialog
      opened
      onClose={onClose}
      onSubmit={submit}
      title={t(`disable.${what}.title`)}
      text={t(`disable.${what}.text`, { name: user.name })}
      submit={t(`disable.${what}.submit`)}
      danger
      busy={switching || removing}
      problems={fields.problems}
      answer={fields.answer}
    >
      <TextField
        {...fields.input("reason")}
        label={t("disable.reason")}
        description={t("disable.reasonHint")}
        maxLength={200}
        data-autofocus
      />
    </FormDialog>
  );
}
