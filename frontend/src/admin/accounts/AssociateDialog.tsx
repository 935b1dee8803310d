import { Checkbox } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { AccountPermission } from "../../gen/graphql";
import { fieldErrors } from "../../lib/api/fieldErrors";
import { type UserError, useAct } from "../../lib/api/useAct";
import { AccessFields } from "../../lib/members/AccessFields";
import { endOfDay } from "../../lib/members/permissions";
import { useCan } from "../../lib/session/useSession";
import { Choice } from "../../ui/Choice";
import { TextField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { toastGood } from "../../ui/toast";
import { useFields } from "../../ui/useFields";
import { UserPicker } from "./UserPicker";

const AssociateUserDocument = graphql(`
  mutation AssociateUser($input: AssociateUserInput!) {
    associateUser(input: $input) {
      membership {
        id
      }
      invitation {
        id
        email
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
  accountId: string;
  /** Whether somebody was brought in, or asked. */
  onClose: (done: boolean) => void;
}

/** Brings somebody into the account: somebody who is there or an address, at once or by an invitation. */
export function AssociateDialog({ accountId, onClose }: Props) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const can = useCan();
  const [associate, busy] = useAct(AssociateUserDocument);
  const [who, setWho] = useState<"present" | "address">(can("LIST_USERS") ? "present" : "address");
  const [userId, setUserId] = useState<string | null>(null);
  const [permissions, setPermissions] = useState<readonly AccountPermission[]>([]);
  const [asked, setAsked] = useState(true);
  const fields = useFields({ userId: "", email: "", firstName: "", lastName: "", permissions: "", endsAt: "" });
  const { values } = fields;

  const words = (person: UserError) =>
    person.code === "CONFLICT"
      ? t("associate.open")
      : person.code === "NOT_ALLOWED"
        ? t("associate.cannot")
        : fieldErrors(c, [person], []).rest.join(" ");
  const submit = async () => {
    const good = fields.check({
      userId: who === "present" && !userId && t("associate.userNeeded"),
      email: who === "address" && !values.email.trim() && c("userError.email.REQUIRED"),
      permissions: permissions.length === 0 && c("permissions.needed"),
    });
    if (!good) return;
    const outcome = await associate({
      input: {
        accountId,
        ...(who === "present" ? { userId } : { email: values.email }),
        ...(who === "address" && !asked && { firstName: values.firstName, lastName: values.lastName }),
        permissions: [...permissions],
        endsAt: endOfDay(values.endsAt),
        sendInvitation: asked,
      },
    });
    if (!outcome.ok) {
      // What is wrong with the person shows where the person was named, however the API came to it.
      const aboutPerson = ({ field }: UserError) => ["email", "userId"].includes(field?.at(-1) ?? "");
      const said = outcome.userErrors.filter(aboutPerson).map(words).join(" ");
      const others = outcome.userErrors.filter((error) => !aboutPerson(error));
      return fields.refuse(others, said ? { [who === "present" ? "userId" : "email"]: said } : undefined);
    }
    toastGood(t(asked ? "associate.invited" : "associate.done"));
    onClose(true);
  };

  return (
    <FormDialog
      opened
      wide
      onClose={() => onClose(false)}
      onSubmit={submit}
      title={t("associate.title")}
      submit={t(asked ? "associate.invite" : "associate.submit")}
      busy={busy}
      problems={fields.problems}
      answer={fields.answer}
    >
      {can("LIST_USERS") && (
        <Choice
          label={t("associate.who")}
          value={who}
          options={[
            { value: "present", label: t("associate.present") },
            { value: "address", label: t("associate.address") },
          ]}
          onChange={setWho}
        />
      )}
      {who === "present" ? (
        <UserPicker
          label={t("user.title")}
          value={userId}
          onChange={(id) => {
            setUserId(id);
            fields.set("userId", id ?? "");
          }}
          error={fields.input("userId").error}
        />
      ) : (
        <TextField
          {...fields.input("email")}
          label={t("users.email")}
          type="email"
          autoCapitalize="none"
          spellCheck={false}
        />
      )}
      <Checkbox
        label={t("associate.ask")}
        description={t(asked ? "associate.askHint" : who === "address" ? "associate.atOnceNew" : "associate.atOnce")}
        checked={asked}
        onChange={({ currentTarget }) => setAsked(currentTarget.checked)}
      />
      {who === "address" && !asked && (
        <>
          <TextField {...fields.input("firstName")} label={t("edit.firstName")} maxLength={100} />
          <TextField {...fields.input("lastName")} label={t("edit.lastName")} maxLength={100} optional />
        </>
      )}
      <AccessFields fields={fields} permissions={permissions} onChange={setPermissions} />
    </FormDialog>
  );
}
