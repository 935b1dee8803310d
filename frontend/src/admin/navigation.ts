import { type Icon, IconUsers } from "@tabler/icons-react";
import type { AdminPermission } from "../gen/graphql";

interface Entry {
  /** The key of its text in admin.json, under "nav". */
  label: "users";
  to: string;
  icon: Icon;
  /** Shown only to those who hold it. */
  needs: AdminPermission;
}

/** The navigation of the admin area: headings, and under each its pages. */
export const navigation: readonly { heading: "clients"; entries: readonly Entry[] }[] = [
  { heading: "clients", entries: [{ label: "users", to: "/admin/users", icon: IconUsers, needs: "LIST_USERS" }] },
];
