import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { useAct } from "../../lib/api/useAct";
import { useCan, useSession } from "../../lib/session/useSession";
import { Choice } from "../../ui/Choice";
import { SelectField, TextField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { toastGood } from "../../ui/toast";
import { useFields } from "../../ui/useFields";
import { useLanguageName } from "../languageName";
import { UserPicker } from "./UserPicker";

const CreateAccountDocument = graphql(`
  mutation CreateAccount($input: CreateAccountInput!) {
    createAccount(input: $input) {
      account {
        id
        number
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

/** Makes an account with its owner: somebody who is there, or somebody new. */
export function CreateAccountDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const navigate = useNavigate();
  const can = useCan();
  const { installation } = useSession();
  const languageName = useLanguageName();
  const [create, busy] = useAct(CreateAccountDocument);
  const [who, setWho] = useState<"present" | "new">(can("LIST_USERS") ? "present" : "new");
  const [ownerId, setOwnerId] = useState<string | null>(null);
  const fields = useFields({
    name: "",
    email: "",
    ownerId: "",
    "owner.firstName": "",
    "owner.lastName": "",
    "owner.email": "",
    "owner.language": "en",
  });
  const { values } = fields;

  const submit = async () => {
    const present = who === "present";
    const good = fields.check({
      name: !values.name.trim() && c("userError.REQUIRED"),
      email: !values.email.trim() && c("userError.email.REQUIRED"),
      ownerId: present && !ownerId && t("createAccount.ownerNeeded"),
      "owner.firstName": !present && !values["owner.firstName"].trim() && c("userError.REQUIRED"),
      "owner.email": !present && !values["owner.email"].trim() && c("userError.email.REQUIRED"),
    });
    if (!good) return;
    const outcome = await create({
      input: {
        name: values.name,
        email: values.email,
        ...(present
          ? { ownerId }
          : {
              owner: {
                firstName: values["owner.firstName"],
                lastName: values["owner.lastName"],
                email: values["owner.email"],
                language: values["owner.language"],
              },
            }),
      },
    });
    if (!outcome.ok) return fields.refuse(outcome.userErrors);
    const account = outcome.payload.account;
    toastGood(t("createAccount.done", { name: account?.name ?? "" }));
    onClose();
    if (account) void navigate({ to: "/admin/accounts/$number", params: { number: String(account.number) } });
  };

  return (
    <FormDialog
      opened
      onClose={onClose}
      onSubmit={submit}
      title={t("createAccount.title")}
      submit={t("createAccount.submit")}
      busy={busy}
      problems={fields.problems}
      answer={fields.answer}
    >
      <TextField {...fields.input("name")} label={t("createAccount.name")} maxLength={100} data-autofocus />
      <TextField
        {...fields.input("email")}
        label={t("createAccount.email")}
        type="email"
        autoCapitalize="none"
        spellCheck={false}
      />
      {can("LIST_USERS") && (
        <Choice
          label={t("accounts.owner")}
          value={who}
          options={[
            { value: "present", label: t("associate.present") },
            { value: "new", label: t("createAccount.newOwner") },
          ]}
          onChange={setWho}
        />
      )}
      {who === "present" ? (
        <UserPicker
          label={t("accounts.owner")}
          value={ownerId}
          onChange={(id) => {
            setOwnerId(id);
            fields.set("ownerId", id ?? "");
          }}
          error={fields.input("ownerId").error}
        />
      ) : (
        <>
          <TextField {...fields.input("owner.firstName")} label={t("edit.firstName")} maxLength={100} />
          <TextField {...fields.input("owner.lastName")} label={t("edit.lastName")} maxLength={100} optional />
          <TextField
            {...fields.input("owner.email")}
            label={t("createAccount.ownerEmail")}
            description={t("createAccount.ownerHint")}
            type="email"
            autoCapitalize="none"
            spellCheck={false}
          />
          <SelectField
            label={t("users.language")}
            value={values["owner.language"]}
            data={installation.languages.map((value) => ({ value, label: languageName(value) }))}
            onChange={({ currentTarget }) => fields.set("owner.language", currentTarget.value)}
          />
        </>
      )}
    </FormDialog>
  );
}
