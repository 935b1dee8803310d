import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import type { AccountPermission } from "../../gen/graphql";
import { FormDialog } from "../../ui/FormDialog";
import { toastGood } from "../../ui/toast";
import { useFields } from "../../ui/useFields";
import { useAct } from "../api/useAct";
import { AccessFields } from "./AccessFields";
import { dayOf, endOfDay } from "./permissions";

const PermissionsDialogFragment = graphql(`
  fragment PermissionsDialog_membership on Membership {
    id
    version
    permissions
    endsAt
    user {
      id
      name
    }
  }
`);

const UpdateMembershipPermissionsDocument = graphql(`
  mutation UpdateMembershipPermissions($input: UpdateMembershipPermissionsInput!) {
    updateMembershipPermissions(input: $input) {
      membership {
        id
        ended
        ...PermissionsDialog_membership
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
  membership: FragmentType<typeof PermissionsDialogFragment>;
  /** What the reader may hand on, as the API says it; absent: everything. */
  grantable?: readonly AccountPermission[];
  onClose: () => void;
}

/** Says what a member may do from now on, and until when. */
export function PermissionsDialog({ membership: masked, grantable, onClose }: Props) {
  const { t } = useTranslation();
  const [membership] = useState(readFragment(PermissionsDialogFragment, masked));
  const [permissions, setPermissions] = useState<readonly AccountPermission[]>(membership.permissions);
  const [update, busy] = useAct(UpdateMembershipPermissionsDocument);
  const fields = useFields({ permissions: "", endsAt: dayOf(membership.endsAt) });
  const { endsAt } = fields.values;
  const submit = async () => {
    if (!fields.check({ permissions: permissions.length === 0 && t("permissions.needed") })) return;
    // A day that was not touched keeps its very moment.
    const end = endsAt === dayOf(membership.endsAt) ? membership.endsAt : endOfDay(endsAt);
    const input = {
      membershipId: membership.id,
      version: membership.version,
      permissions: [...permissions],
      endsAt: end,
    };
    const outcome = await update({ input });
    if (!outcome.ok) return fields.refuse(outcome.userErrors);
    toastGood(t("permissions.saved", { name: membership.user.name }));
    onClose();
  };
  return (
    <FormDialog
      opened
      wide
      onClose={onClose}
      onSubmit={submit}
      title={t("permissions.of", { name: membership.user.name })}
      submit={t("permissions.save")}
      busy={busy}
      problems={fields.problems}
      answer={fields.answer}
    >
      <AccessFields fields={fields} permissions={permissions} onChange={setPermissions} grantable={grantable} />
    </FormDialog>
  );
}
