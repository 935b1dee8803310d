import { useTranslation } from "react-i18next";
import type { AccountPermission } from "../../gen/graphql";
import { TextField } from "../../ui/Field";
import type { Fields } from "../../ui/useFields";
import { PermissionBoxes } from "./PermissionBoxes";
import { dayOf } from "./permissions";

interface Props {
  /** The form. Its value `permissions` stands for the boxes: it carries what is wrong with them. */
  fields: Pick<Fields<{ permissions: string; endsAt: string }>, "input" | "set">;
  permissions: readonly AccountPermission[];
  onChange: (permissions: AccountPermission[]) => void;
  /** What the reader may hand on, as the API says it; absent: everything. */
  grantable?: readonly AccountPermission[];
}

/** What somebody may do in an account, and until when. */
export function AccessFields({ fields, permissions, onChange, grantable }: Props) {
  const { t } = useTranslation();
  return (
    <>
      <PermissionBoxes
        value={permissions}
        onChange={(value) => {
          onChange(value);
          fields.set("permissions", value.join(" "));
        }}
        grantable={grantable}
        error={fields.input("permissions").error}
      />
      <TextField
        {...fields.input("endsAt")}
        type="date"
        min={dayOf(new Date().toISOString())}
        label={t("permissions.ends")}
        description={t("permissions.endsHint")}
        optional
      />
    </>
  );
}
