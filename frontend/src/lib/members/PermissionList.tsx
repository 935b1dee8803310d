import { useTranslation } from "react-i18next";
import type { AccountPermission } from "../../gen/graphql";

/** Permissions in a line of text. Their names hold commas and "and" themselves, so marks of their own part them. */
export function PermissionList({ permissions }: { permissions: readonly AccountPermission[] }) {
  const { t } = useTranslation();
  return permissions.map((permission) => t(`accountPermission.${permission}`)).join(" · ");
}
