import { useTranslation } from "react-i18next";
import type { AccountPermission } from "../../gen/graphql";

// It stays at the end of a line, and never begins one.
const mark = "\u00a0· ";

/** Permissions in a line of text. Their names hold commas and "and" themselves, so marks of their own part them. */
export function PermissionList({ permissions }: { permissions: readonly AccountPermission[] }) {
  const { t } = useTranslation();
  return permissions.map((permission) => t(`accountPermission.${permission}`)).join(mark);
}
