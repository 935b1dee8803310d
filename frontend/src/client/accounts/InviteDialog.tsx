import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { AccountPermission } from "../../gen/graphql";
import { useAct } from "../../lib/api/useAct";
import { AccessFields } from "../../lib/members/AccessFields";
import { endOfDay } from "../../lib/members/permissions";
import { useResendInvitation } from "../../lib/members/useResendInvitation";
import { TextField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { toastGood } from "../../ui/toast";
import { useFields } from "../../ui/useFields";

const InviteUserDocument = graphql(`
  mutation InviteUser($input: InviteUserInput!) {
    inviteUser(input: $input) {
      invitation {
        id
      }
      present {
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
  /** What the reader may hand on, as the API says it. */
  grantable: readonly AccountPermission[];
  /** Whether an invitation went out. */
  onClose: (done: boolean) => void;
}

/** Invites somebody into the account. Where one is open already, it offers to send that anew. */
export function InviteDialog({ accountId, grantable, onClose }: Props) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const [invite, busy] = useAct(InviteUserDocument);
  const [resend, resending] = useResendInvitation(() => onClose(true));
  const [permissions, setPermissions] = useState<readonly AccountPermission[]>([]);
  const [present, setPresent] = useState<{ id: string; email: string }>();
  const fields = useFields({ email: "", permissions: "", endsAt: "" });
  const { email, endsAt } = fields.values;
  const submit = async () => {
    const good = fields.check({
      email: !email.trim() && c("userError.email.REQUIRED"),
      permissions: permissions.length === 0 && c("permissions.needed"),
    });
    if (!good) return;
    setPresent(undefined);
    const outcome = await invite({
      input: { accountId, email, permissions: [...permissions], endsAt: endOfDay(endsAt) },
    });
    if (outcome.ok) {
      toastGood(t("invite.done", { email: email.trim() }));
      return onClose(true);
    }
    if (outcome.payload?.present) {
      fields.check({ email: t("invite.open", { email: outcome.payload.present.email }) });
      return setPresent(outcome.payload.present);
    }
    if (outcome.userErrors.some(({ field, code }) => field?.at(-1) === "email" && code === "NOT_ALLOWED")) {
      return void fields.check({ email: t("invite.isMember") });
    }
    fields.refuse(outcome.userErrors);
  };
  return (
    <FormDialog
      opened
      wide
      onClose={() => onClose(false)}
      onSubmit={submit}
      title={t("invite.title")}
      text={t("invite.text")}
      submit={t("invite.submit")}
      busy={busy || resending}
      problems={fields.problems}
      answer={fields.answer}
    >
      <TextField
        {...fields.input("email")}
        label={c("field.email")}
        type="email"
        autoCapitalize="none"
        spellCheck={false}
        data-autofocus
      />
      {present && (
        <Button
          variant="default"
          size="xs"
          style={{ alignSelf: "flex-start" }}
          loading={resending}
          onClick={() => void resend(present)}
        >
          {t("invite.again", { email: present.email })}
        </Button>
      )}
      <AccessFields fields={fields} permissions={permissions} onChange={setPermissions} grantable={grantable} />
    </FormDialog>
  );
}
