import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import type { EditDialog_UserFragment } from "../../gen/graphql";
import { useAct } from "../../lib/api/useAct";
import { useSession } from "../../lib/session/useSession";
import { SelectField, TextField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { Ltr } from "../../ui/Ltr";
import { Theirs } from "../../ui/Theirs";
import { toastGood } from "../../ui/toast";
import { useFields } from "../../ui/useFields";
import { useLanguageName } from "../languageName";

const EditDialogFragment = graphql(`
  fragment EditDialog_user on User {
    id
    version
    firstName
    lastName
    email
    language
  }
`);

const UpdateUserDocument = graphql(`
  mutation UpdateUser($input: UpdateUserInput!) {
    updateUser(input: $input) {
      user {
        id
        name
        emailVerified
        updatedAt
        ...EditDialog_user
      }
      present {
        ...EditDialog_user
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

type Profile = EditDialog_UserFragment;

const valuesOf = ({ firstName, lastName, email, language }: Profile) => ({
  firstName,
  lastName,
  email,
  language: language ?? "en",
});

/**
 * Changes name, address and language. When somebody else was faster, it shows what they left, and it is for the
 * reader to say which is right.
 */
export function EditDialog({
  user: masked,
  onClose,
}: {
  user: FragmentType<typeof EditDialogFragment>;
  onClose: () => void;
}) {
  const { t } = useTranslation("admin");
  const { installation, viewer } = useSession();
  const languageName = useLanguageName();
  // As it was when the dialog opened: what others do meanwhile must not slip in unseen.
  const [base, setBase] = useState(readFragment(EditDialogFragment, masked));
  const [theirs, setTheirs] = useState<Profile>();
  const [update, busy] = useAct(UpdateUserDocument);
  const fields = useFields(valuesOf(base));
  const { values } = fields;
  const own = base.id === viewer.user?.id;
  const moved = values.email.trim() !== base.email;

  const submit = async () => {
    const outcome = await update({ input: { userId: base.id, version: base.version ?? 0, ...values } });
    if (outcome.ok) {
      toastGood(t("edit.done", { name: outcome.payload.user?.name ?? "" }));
      return onClose();
    }
    const present = outcome.payload?.present && readFragment(EditDialogFragment, outcome.payload.present);
    if (!present) return fields.refuse(outcome.userErrors);
    setBase(present);
    setTheirs(present);
  };

  const known = installation.languages.includes(values.language)
    ? installation.languages
    : [values.language, ...installation.languages];
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
          text={t("edit.conflict")}
          take={t("edit.takeTheirs")}
          onTake={() => {
            fields.reset(valuesOf(theirs));
            setTheirs(undefined);
          }}
        >
          {`${theirs.firstName} ${theirs.lastName}`}
          <Ltr>{theirs.email}</Ltr>
          {languageName(theirs.language ?? "en")}
        </Theirs>
      )}
      <TextField {...fields.input("firstName")} label={t("edit.firstName")} maxLength={100} data-autofocus />
      <TextField {...fields.input("lastName")} label={t("edit.lastName")} maxLength={100} optional />
      <TextField
        {...fields.input("email")}
        label={t("users.email")}
        type="email"
        autoCapitalize="none"
        spellCheck={false}
        disabled={own}
        description={own ? t("edit.ownAddress") : moved ? t("edit.moved") : undefined}
      />
      <SelectField
        label={t("users.language")}
        value={values.language}
        data={known.map((value) => ({ value, label: languageName(value) }))}
        error={fields.input("language").error}
        onChange={({ currentTarget }) => fields.set("language", currentTarget.value)}
      />
    </FormDialog>
  );
}
