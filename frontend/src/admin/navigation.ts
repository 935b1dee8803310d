import {
  type Icon,
  IconAdjustmentsHorizontal,
  IconApi,
  IconBuilding,
  IconHelpCircle,
  IconKey,
  IconMail,
  IconTemplate,
  IconUserScan,
  IconUsers,
} from "@tabler/icons-react";
import type { AdminPermission } from "../gen/graphql";
import type { Session } from "../lib/api/api";

interface Entry {
  /** The key of its text in admin.json, under "nav". */
  label:
    | "users"
    | "accounts"
    | "verifications"
    | "templates"
    | "settings"
    | "questions"
    | "mail"
    | "tokens"
    | "explorer";
  to: string;
  icon: Icon;
  /** Shown only to those who hold it; absent: to all who are here. */
  needs?: AdminPermission;
  /** Shown only where users are asked to prove who they are. */
  proofs?: boolean;
  /** The page is a document of its own. */
  apart?: boolean;
}

/** The navigation of the admin area: headings, and under each its pages. */
const navigation: readonly { heading: "clients" | "setup"; entries: readonly Entry[] }[] = [
  {
    heading: "clients",
    entries: [
      { label: "users", to: "/admin/users", icon: IconUsers, needs: "LIST_USERS" },
      { label: "accounts", to: "/admin/accounts", icon: IconBuilding, needs: "LIST_ACCOUNTS" },
      {
        label: "verifications",
        to: "/admin/verifications",
        icon: IconUserScan,
        needs: "MANAGE_USER_VERIFICATION",
        proofs: true,
      },
    ],
  },
  {
    heading: "setup",
    entries: [
      { label: "settings", to: "/admin/settings", icon: IconAdjustmentsHorizontal, needs: "CONFIGURE_SETTINGS" },
      {
        label: "questions",
        to: "/admin/security-questions",
        icon: IconHelpCircle,
        needs: "CONFIGURE_SECURITY_QUESTIONS",
      },
      {
        label: "templates",
        to: "/admin/permission-templates",
        icon: IconTemplate,
        needs: "CONFIGURE_SETTINGS",
      },
      { label: "mail", to: "/admin/mail", icon: IconMail, needs: "CONFIGURE_MAIL" },
      { label: "tokens", to: "/admin/api-tokens", icon: IconKey, needs: "MANAGE_API_TOKENS" },
      { label: "explorer", to: "/explorer", icon: IconApi, apart: true },
    ],
  },
];

/** The navigation as far as it is open to the viewer. */
export function openNavigation({ viewer }: Session): typeof navigation {
  const open = ({ needs, proofs }: Entry) =>
    (!needs || viewer.permissions.includes(needs)) && (!proofs || Boolean(viewer.user?.identityVerification));
  return navigation
    .map(({ heading, entries }) => ({ heading, entries: entries.filter(open) }))
    .filter(({ entries }) => entries.length > 0);
}
