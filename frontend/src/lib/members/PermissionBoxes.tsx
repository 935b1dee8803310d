import { Button, Checkbox } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import type { AccountPermission } from "../../gen/graphql";
import { Boxes } from "../../ui/Boxes";
import classes from "./PermissionBoxes.module.css";
import { allPermissions, permissionGroups } from "./permissions";

const PermissionTemplatesDocument = graphql(`
  query PermissionTemplates {
    permissionTemplates {
      id
      name
      permissions
    }
  }
`);

interface Props {
  value: readonly AccountPermission[];
  onChange: (value: AccountPermission[]) => void;
  /** What the reader may hand on, as the API says it; absent: everything. */
  grantable?: readonly AccountPermission[];
  error?: string;
}

/** A box for each account permission, with what it allows; the templates of the installation fill them in. */
export function PermissionBoxes({ value, onChange, grantable = allPermissions, error }: Props) {
  const { t } = useTranslation();
  const [{ data }] = useQuery({ query: PermissionTemplatesDocument });
  const may = (permission: AccountPermission) => grantable.includes(permission);
  const fill = (wanted: readonly AccountPermission[]) =>
    onChange(allPermissions.filter((one) => (may(one) ? wanted.includes(one) : value.includes(one))));
  return (
    <Boxes title={t("permissions.title")} error={error}>
      <div className={classes.fill}>
        <span>{t("field.label", { label: t("permissions.fill") })}</span>
        {data?.permissionTemplates.map(({ id, name, permissions }) => (
          <Button key={id} variant="default" size="compact-xs" onClick={() => fill(permissions)}>
            {name}
          </Button>
        ))}
        <Button variant="default" size="compact-xs" onClick={() => fill(allPermissions)}>
          {t("permissions.all")}
        </Button>
        <Button variant="default" size="compact-xs" onClick={() => fill([])}>
          {t("permissions.none")}
        </Button>
      </div>
      <div className={classes.groups}>
        {permissionGroups.map(({ name, permissions }) => (
          <div key={name} className={classes.group}>
            <h4>{t(`permissions.group.${name}`)}</h4>
            <div>
              {permissions.map((permission) => (
                <Checkbox
                  key={permission}
                  size="sm"
                  label={t(`accountPermission.${permission}`)}
                  description={may(permission) ? t(`permissions.hint.${permission}`) : t("permissions.lacking")}
                  checked={value.includes(permission)}
                  disabled={!may(permission)}
                  onChange={({ currentTarget: { checked } }) =>
                    onChange(allPermissions.filter((one) => (one === permission ? checked : value.includes(one))))
                  }
                />
              ))}
            </div>
          </div>
        ))}
      </div>
    </Boxes>
  );
}
