import { redirect } from "@tanstack/react-router";
import type { AdminPermission } from "../../gen/graphql";
import type { Session } from "../api/api";

/** The page needs a permission that the viewer does not hold. */
export class Denied extends Error {
  constructor(readonly permission?: AdminPermission) {
    super(`denied: ${permission ?? "staff only"}`);
  }
}

/** For beforeLoad: leads those who are signed out to the sign-in page, and from there back to `from`. */
export function needSignIn(session: Session, from: string): void {
  if (session.viewer.kind === "ANONYMOUS") throw redirect({ to: "/sign-in", search: { return_to: from } });
}

/** For beforeLoad: refuses who does not hold the permission. The API refuses too; this is the page that says so. */
export function needPermission(session: Session, permission: AdminPermission): void {
  if (!session.viewer.permissions.includes(permission)) throw new Denied(permission);
}

/** Where somebody is at home: staff who may see users there, everybody else at their account. */
export function homeOf(session: Session): string {
  return session.viewer.permissions.includes("LIST_USERS") ? "/admin/users" : "/account";
}
