import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import type { AccountStatus, EditAccountDialog_AccountFragment } from "../../gen/graphql";
import { useAct } from "../../lib/api/useAct";
import { SelectField, TextField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { Ltr } from "../../ui/Ltr";
import { Theirs } from "../../ui/Theirs";
import { toastGood } from "../../ui/toast";
import { useFields } from "../../ui/useFields";
import { statuses } from "./search";

const EditAccountDialogFragment = graphql(`
  fragment EditAccountDialog_account on Account {
    id
    version
    name
    email
    status
  }
`);

const UpdateAccountDocument = graphql(`
  mutation StaffUpdateAccount($input: UpdateAccountInput!) {
    updateAccount(input: $input) {
      account {
        id
        updatedAt
        ...EditAccountDialog_account
      }
      present {
        ...EditAccountDialog_account
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

type Profile = EditAccountDialog_AccountFragment;

const valuesOf = ({ name, email, status }: Profile) => ({ name, email, status: status as string });

/** Changes name, address and status. When somebody else was faster, it shows what they left. */
export function EditAccountDialog({
  account: masked,
  onClose,
}: {
  account: FragmentType<typeof EditAccountDialogFragment>;
  onClose: () => void;
}) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  // As it was when the dialog opened: what others do meanwhile must not slip in unseen.
  const [base, setBase] = useState(readFragment(EditAccountDialogFragment, masked));
  const [theirs, setTheirs] = useState<Profile>();
  const [update, busy] = useAct(UpdateAccountDocument);
  const fields = useFields(valuesOf(base));
  const { name, email, status } = fields.values;

  const submit = async () => {
    const outcome = await update({
      input: { accountId: base.id, version: base.version, name, email, status: status as AccountStatus },
    });
    if (outcome.ok) {
      toastGood(t("edit.done", { name: name.trim() }));
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
      title={t("edit.title")}
      submit={t(theirs ? "edit.overwrite" : "edit.save")}
      busy={busy}
      problems={fields.problems}
      answer={fields.answer}
    >
      {theirs && (
        <Theirs
          text={t("account.conflict")}
          take={t("edit.takeTheirs")}
          onTake={() => {
            fields.reset(valuesOf(theirs));
            setTheirs(undefined);
          }}
        >
          {theirs.name}
          <Ltr>{theirs.email}</Ltr>
          {c(`membership.status.${theirs.status}`)}
        </Theirs>
      )}
      <TextField {...fields.input("name")} label={t("createAccount.name")} maxLength={100} data-autofocus />
      <TextField
        {...fields.input("email")}
        label={t("createAccount.email")}
        type="email"
        autoCapitalize="none"
        spellCheck={false}
      />
      <SelectField
        label={t("accounts.status")}
        description={status === "CLOSED" && base.status !== "CLOSED" ? t("account.closing") : undefined}
        value={status}
        data={statuses.map((value) => ({ value, label: c(`membership.status.${value}`) }))}
        onChange={({ currentTarget }) => fields.set("status", currentTarget.value)}
      />
    </FormDialog>
  );
}
