import type { SettingsPageQuery } from "../../gen/graphql";

/** The settings as the form holds them. */
export interface Draft {
  company: string;
  registration: boolean;
  disableClientUserManagement: boolean;
  strictInvitations: boolean;
  /** As typed. */
  invitationDays: string;
  lockedProfile: readonly string[];
  staff: boolean;
  owners: boolean;
  everyone: boolean;
  /** As typed. */
  graceDays: string;
  trustedDevices: boolean;
  /** As typed. */
  apiPoints: string;
  apiMinutes: string;
  identityOn: boolean;
  /** MANUAL, or the name of a service. */
  provider: string;
  /** As typed. */
  approvalDays: string;
  tries: string;
  secondReviewer: boolean;
  /** As typed. */
  keepDays: string;
  /** Which roles need a second factor, by ID. */
  roles: Readonly<Record<string, boolean>>;
}

/** The fields of a profile that can be locked, by the API's names. */
export const profileFields = ["firstName", "lastName", "email", "language", "timeZone"] as const;

export function draftOf({ settings, roles }: SettingsPageQuery): Draft {
  const { company, registration, lockedProfile, trustedDevices, twoFactor, apiBudget } = settings;
  const { enabled, provider, approvalDays, tries, secondReviewer, keepDays } = settings.identityVerification;
  const { disableClientUserManagement, strictInvitations, invitationDays } = settings;
  const { staff, owners, everyone, graceDays } = twoFactor;
  return {
    company,
    registration,
    ...{ disableClientUserManagement, strictInvitations, invitationDays: String(invitationDays) },
    lockedProfile,
    trustedDevices,
    ...{ staff, owners, everyone, graceDays: String(graceDays) },
    ...{ apiPoints: String(apiBudget.points), apiMinutes: String(apiBudget.minutes) },
    ...{ identityOn: enabled, provider, secondReviewer },
    ...{ approvalDays: String(approvalDays), tries: String(tries), keepDays: String(keepDays) },
    roles: Object.fromEntries((roles ?? []).map(({ id, requireTwoFactor }) => [id, requireTwoFactor])),
  };
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** What updateSettings takes: only what is different. Undefined when nothing is. */
export function inputOf(base: Draft, draft: Draft) {
  const different = <Key extends keyof Draft>(key: Key) => !same(base[key], draft[key]);
  const twoFactor = {
    ...(different("staff") && { staff: draft.staff }),
    ...(different("owners") && { owners: draft.owners }),
    ...(different("everyone") && { everyone: draft.everyone }),
    ...(different("graceDays") && { graceDays: Number(draft.graceDays) }),
  };
  const apiBudget = {
    ...(different("apiPoints") && { points: Number(draft.apiPoints) }),
    ...(different("apiMinutes") && { minutes: Number(draft.apiMinutes) }),
  };
  const identityVerification = {
    ...(different("identityOn") && { enabled: draft.identityOn }),
    ...(different("provider") && { provider: draft.provider }),
    ...(different("approvalDays") && { approvalDays: Number(draft.approvalDays) }),
    ...(different("tries") && { tries: Number(draft.tries) }),
    ...(different("secondReviewer") && { secondReviewer: draft.secondReviewer }),
    ...(different("keepDays") && { keepDays: Number(draft.keepDays) }),
  };
  const input = {
    ...(different("company") && { company: draft.company }),
    ...(different("registration") && { registration: draft.registration }),
    ...(different("disableClientUserManagement") && {
      disableClientUserManagement: draft.disableClientUserManagement,
    }),
    ...(different("strictInvitations") && { strictInvitations: draft.strictInvitations }),
    ...(different("invitationDays") && { invitationDays: Number(draft.invitationDays) }),
    ...(different("lockedProfile") && { lockedProfile: [...draft.lockedProfile] }),
    ...(different("trustedDevices") && { trustedDevices: draft.trustedDevices }),
    ...(Object.keys(twoFactor).length > 0 && { twoFactor }),
    ...(Object.keys(apiBudget).length > 0 && { apiBudget }),
    ...(Object.keys(identityVerification).length > 0 && { identityVerification }),
  };
  return Object.keys(input).length > 0 ? input : undefined;
}

/** The roles whose rule is different. */
export const rolesOf = (base: Draft, draft: Draft) =>
  Object.entries(draft.roles)
    .filter(([id, required]) => base.roles[id] !== required)
    .map(([roleId, required]) => ({ roleId, required }));

/** Whether the change makes the viewer, who has no second factor, need one. */
export function hitsViewer(base: Draft, draft: Draft, { viewer }: SettingsPageQuery): boolean {
  const user = viewer.user;
  if (!user || user.twoFactorEnabled) return false;
  const owns = viewer.accounts.nodes.some(({ owner }) => owner);
  const needs = (rules: Draft) =>
    rules.everyone ||
    (rules.staff && Boolean(user.role)) ||
    (rules.owners && owns) ||
    Boolean(user.role && rules.roles[user.role.id]);
  return needs(draft) && !needs(base);
}
