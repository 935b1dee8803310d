import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import type { AccountPermission } from "../../gen/graphql";
import { FormDialog } from "../../ui/FormDialog";
import { Theirs } from "../../ui/Theirs";
import { toastGood } from "../../ui/toast";
import { useFields } from "../../ui/useFields";
import { useAct } from "../api/useAct";
import { useFormats } from "../format";
import { AccessFields } from "./AccessFields";
import { PermissionList } from "./PermissionList";
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
      present {
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

/**
 * Says what a member may do from now on, and until when. When somebody else was faster, it shows what they left, and it
 * is for the reader to say which is right.
 */
export function PermissionsDialog({ membership: masked, grantable, onClose }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const [membership, setMembership] = useState(readFragment(PermissionsDialogFragment, masked));
  const [theirs, setTheirs] = useState<typeof membership>();
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
    if (outcome.ok) {
      toastGood(t("permissions.saved", { name: membership.user.name }));
      return onClose();
    }
    const present = outcome.payload?.present && readFragment(PermissionsDialogFragment, outcome.payload.present);
    if (!present) return fields.refuse(outcome.userErrors);
    setMembership(present);
    setTheirs(present);
  };
  return (
    <FormDialog
      opened
      wide
      onClose={onClose}
      onSubmit={submit}
      title={t("permissions.of", { name: membership.user.name })}
      submit={t(theirs ? "permissions.overwrite" : "permissions.save")}
      busy={busy}
      problems={fields.problems}
      answer={fields.answer}
    >
      {theirs && (
        <Theirs
          text={t("permissions.conflict")}
          take={t("permissions.takeTheirs")}
          onTake={() => {
            setPermissions(theirs.permissions);
            fields.reset({ permissions: "", endsAt: dayOf(theirs.endsAt) });
            setTheirs(undefined);
          }}
        >
          <PermissionList permissions={theirs.permissions} />
          {theirs.endsAt && t("permissions.endsOn", { date: formats.date(theirs.endsAt) })}
        </Theirs>
      )}
      <AccessFields fields={fields} permissions={permissions} onChange={setPermissions} grantable={grantable} />
    </FormDialog>
  );
}
