import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { useAct } from "../../lib/api/useAct";
import { usePasskey } from "../../lib/passkeys/usePasskey";
import { TextField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { toastGood } from "../../ui/toast";
import { useFields } from "../../ui/useFields";

const StartPasskeyEnrolmentDocument = graphql(`
  mutation StartPasskeyEnrolment {
    startPasskeyEnrolment {
      challenge {
        options
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

const FinishPasskeyEnrolmentDocument = graphql(`
  mutation FinishPasskeyEnrolment($input: FinishPasskeyEnrolmentInput!) {
    finishPasskeyEnrolment(input: $input) {
      passkey {
        id
        name
      }
      viewer {
        user {
          id
          twoFactorEnabled
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

/** Asks for the name first: once the browser has made the passkey, nothing may come between it and the API. */
export function AddPasskeyDialog({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const [make, making] = usePasskey(StartPasskeyEnrolmentDocument, { make: true });
  const [finish, finishing] = useAct(FinishPasskeyEnrolmentDocument);
  const [problem, setProblem] = useState<string>();
  const fields = useFields({ name: "" });

  const submit = async () => {
    setProblem(undefined);
    const { name } = fields.values;
    if (!fields.check({ name: !name.trim() && c("userError.name.REQUIRED") })) return;
    const made = await make();
    if (made.answer === undefined) return setProblem(made.text);
    const outcome = await finish({ input: { name, passkey: made.answer } });
    if (!outcome.ok) return fields.refuse(outcome.userErrors);
    toastGood(t("passkeys.add.done", { name: outcome.payload.passkey?.name ?? name }));
    onDone();
  };

  return (
    <FormDialog
      opened
      onClose={onClose}
      onSubmit={submit}
      title={t("passkeys.add.title")}
      text={t("passkeys.add.text")}
      submit={t("passkeys.add.submit")}
      busy={making || finishing}
      problems={problem ? [problem] : fields.problems}
      answer={fields.answer}
    >
      <TextField
        {...fields.input("name")}
        label={t("passkeys.name")}
        description={t("passkeys.nameHint")}
        maxLength={60}
        autoComplete="off"
        data-autofocus
      />
    </FormDialog>
  );
}
