import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import type { ClientEditAccountDialog_AccountFragment } from "../../gen/graphql";
import { useAct } from "../../lib/api/useAct";
import { TextField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { Ltr } from "../../ui/Ltr";
import { Theirs } from "../../ui/Theirs";
import { toastGood } from "../../ui/toast";
import { useFields } from "../../ui/useFields";

const EditAccountDialogFragment = graphql(`
  fragment ClientEditAccountDialog_account on Account {
    id
    version
    name
    email
  }
`);

const UpdateAccountDocument = graphql(`
  mutation UpdateAccount($input: UpdateAccountInput!) {
    updateAccount(input: $input) {
      account {
        id
        updatedAt
        ...ClientEditAccountDialog_account
      }
      present {
        ...ClientEditAccountDialog_account
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

const valuesOf = ({ name, email }: ClientEditAccountDialog_AccountFragment) => ({ name, email });

interface Props {
  account: FragmentType<typeof EditAccountDialogFragment>;
  onClose: () => void;
}

/** Changes name and billing address. When somebody else was faster, it shows what they left. */
export function EditAccountDialog({ account: masked, onClose }: Props) {
  const { t } = useTranslation("client");
  // As it was when the dialog opened: what others do meanwhile must not slip in unseen.
  const [base, setBase] = useState(readFragment(EditAccountDialogFragment, masked));
  const [theirs, setTheirs] = useState<ClientEditAccountDialog_AccountFragment>();
  const [update, busy] = useAct(UpdateAccountDocument);
  const fields = useFields(valuesOf(base));
  const submit = async () => {
    const outcome = await update({ input: { accountId: base.id, version: base.version, ...fields.values } });
    if (outcome.ok) {
      toastGood(t("chooser.saved"));
      return onClose();
    }
    const present = outcome.payload?.present && readFragment(EditAccountDialogFragment, outcome.payload.present);
    if (!present) return fields.refuse(outcome.userErrors);
    setBase(present);
    setTheirs(present);
  };
  return (
    <FormDialog
      opened
      onClose={onClose}
      onSubmit={submit}
      title={t("chooser.profile")}
      submit={t(theirs ? "chooser.saveMine" : "chooser.save")}
      busy={busy}
      problems={fields.problems}
      answer={fields.answer}
    >
      {theirs && (
        <Theirs
          text={t("chooser.conflict")}
          take={t("chooser.takeTheirs")}
          onTake={() => {
            fields.reset(valuesOf(theirs));
            setTheirs(undefined);
          }}
        >
          {theirs.name}
          <Ltr>{theirs.email}</Ltr>
        </Theirs>
      )}
      <TextField {...fields.input("name")} label={t("account.name")} maxLength={100} data-autofocus />
      <TextField
        {...fields.input("email")}
        label={t("chooser.email")}
        type="email"
        autoCapitalize="none"
        spellCheck={false}
      />
    </FormDialog>
  );
}
