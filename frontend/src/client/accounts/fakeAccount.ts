import type { Fakes } from "../../lib/test/fakeApi";

export const olga = { id: "u9", name: "Olga Owner", email: "olga@example.com", twoFactorEnabled: true };
export const me = { id: "u1", name: "Mia Member", email: "mia@example.com", twoFactorEnabled: false };
export const tom = { id: "u2", name: "Tom Tester", email: "tom@example.com", twoFactorEnabled: false };

export const membership = (id: string, user: object, more: object = {}) => ({
  id,
  user,
  owner: false,
  permissions: ["ORDERS"],
  lastSeenAt: null,
  endsAt: null,
  ended: false,
  version: 3,
  ...more,
});

export const acme = {
  id: "a7",
  number: 7,
  name: "Acme",
  email: "bills@acme.example",
  status: "ACTIVE",
  version: 4,
  owner: olga,
  viewerPermissions: ["ORDERS"],
  viewerMembership: { id: "m1", owner: false, ended: false, endsAt: null },
  ownershipOffer: null,
};

interface World {
  account?: object;
  /** The account that is acted for, unless it is this one. */
  current?: object;
  viewer?: object;
  acts?: Record<string, unknown>;
}

/** One account, Acme, as a member of it sees it; `managing` lets them manage its users. */
export function world({ account = {}, current, viewer = {}, acts = {} }: World = {}): Fakes {
  let acting: object = current ?? acme;
  const made = { ...acme, ...account };
  return {
    Viewer: () => ({
      kind: "USER",
      user: me,
      permissions: [],
      userManagement: true,
      account: acting,
      accounts: () => ({ nodes: [] }),
      ...viewer,
    }),
    Query: () => ({
      account: ({ number }: { number: number }) => (number === 7 ? made : null),
      permissionTemplates: () => [{ id: "t1", name: "Bookkeeper", permissions: ["INVOICES", "ORDERS"] }],
    }),
    Mutation: () => ({
      switchAccount: () => {
        acting = acme;
        return { viewer: { account: acme }, userErrors: [] };
      },
      ...acts,
    }),
  };
}

export const managing = {
  viewerPermissions: ["ORDERS", "INVOICES", "MANAGE_USERS"],
  members: () => ({
    nodes: [
      membership("m9", olga, { owner: true, permissions: [] }),
      membership("m1", me),
      membership("m2", tom, { endsAt: "2027-01-31T12:00:00Z" }),
    ],
  }),
  invitations: () => ({ nodes: [] }),
};

export const pending = {
  id: "i1",
  email: "new@example.com",
  account: acme,
  permissions: ["ORDERS"],
  membershipEndsAt: null,
  sentAt: "2026-11-20T08:00:00Z",
  expiresAt: "2026-11-27T08:00:00Z",
  status: "PENDING",
  delivery: "FAILED",
  inviter: olga,
};
