import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { useAct } from "../../lib/api/useAct";
import { TextField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { toastGood } from "../../ui/toast";
import { useFields } from "../../ui/useFields";

const RenamePasskeyDocument = graphql(`
  mutation RenamePasskey($input: RenamePasskeyInput!) {
    renamePasskey(input: $input) {
      passkey {
        id
        name
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
  onDone: () => void;
  onClose: () => void;
}

export function RenamePasskeyDialog({ passkey, onDone, onClose }: Props) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const [rename, busy] = useAct(RenamePasskeyDocument);
  const fields = useFields({ name: passkey.name });

  const submit = async () => {
    const { name } = fields.values;
    if (!fields.check({ name: !name.trim() && c("userError.name.REQUIRED") })) return;
    const outcome = await rename({ input: { passkeyId: passkey.id, name } });
    if (!outcome.ok) return fields.refuse(outcome.userErrors);
    toastGood(t("passkeys.rename.done", { name: outcome.payload.passkey?.name ?? name }));
    onDone();
  };

  return (
    <FormDialog
      opened
      onClose={onClose}
      onSubmit={submit}
      title={t("passkeys.rename.title")}
      submit={t("passkeys.rename.submit")}
      busy={busy}
      problems={fields.problems}
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
