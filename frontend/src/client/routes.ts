import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { ownPath } from "../lib/ownPath";
import { homeOf, needSignIn } from "../lib/session/guards";
import { rootRoute } from "../root";
import { readAccountSearch } from "./accounts/search";

/** The pages in front of the door: for people who are not signed in, or need not be. */
const doorRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "door",
  component: lazyRouteComponent(() => import("./door/DoorFrame"), "DoorFrame"),
});

const signInRoute = createRoute({
  getParentRoute: () => doorRoute,
  path: "sign-in",
  validateSearch: (search: Record<string, unknown>): { return_to?: string } => {
    const path = ownPath(search.return_to);
    return path ? { return_to: path } : {};
  },
  beforeLoad: ({ context: { session }, search }) => {
    if (session.viewer.kind !== "ANONYMOUS")
      throw redirect({ href: search.return_to ?? homeOf(session), replace: true });
  },
  component: lazyRouteComponent(() => import("./door/SignInPage"), "SignInPage"),
});

const forgotPasswordRoute = createRoute({
  getParentRoute: () => doorRoute,
  path: "forgot-password",
  component: lazyRouteComponent(() => import("./door/ForgotPasswordPage"), "ForgotPasswordPage"),
});

// Pages behind links that were mailed or printed. They open for whoever holds the link, signed in or not.
const resetRoute = createRoute({
  getParentRoute: () => doorRoute,
  path: "reset",
  component: lazyRouteComponent(() => import("./door/ResetPage"), "ResetPage"),
});

const verifyEmailRoute = createRoute({
  getParentRoute: () => doorRoute,
  path: "verify-email",
  component: lazyRouteComponent(() => import("./door/VerifyEmailPage"), "VerifyEmailPage"),
});

const confirmEmailRoute = createRoute({
  getParentRoute: () => doorRoute,
  path: "confirm-email",
  component: lazyRouteComponent(() => import("./door/ConfirmEmailPage"), "ConfirmEmailPage"),
});

const disownRoute = createRoute({
  getParentRoute: () => doorRoute,
  path: "disown",
  component: lazyRouteComponent(() => import("./door/DisownPage"), "DisownPage"),
});

const invitationRoute = createRoute({
  getParentRoute: () => doorRoute,
  path: "invitation",
  component: lazyRouteComponent(() => import("./door/InvitationPage"), "InvitationPage"),
});

const registerRoute = createRoute({
  getParentRoute: () => doorRoute,
  path: "register",
  beforeLoad: ({ context: { session } }) => {
    if (session.viewer.kind !== "ANONYMOUS") throw redirect({ href: homeOf(session), replace: true });
  },
  component: lazyRouteComponent(() => import("./door/RegisterPage"), "RegisterPage"),
});

const setUpRoute = createRoute({
  getParentRoute: () => doorRoute,
  path: "set-up",
  component: lazyRouteComponent(() => import("./door/SetUpPage"), "SetUpPage"),
});

/** The pages of those who are signed in. */
const insideRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "inside",
  beforeLoad: ({ context: { session }, location }) => needSignIn(session, location.href),
  component: lazyRouteComponent(() => import("./Frame"), "Frame"),
});

const accountRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: "account",
  component: lazyRouteComponent(() => import("./account/AccountPage"), "AccountPage"),
});

const accountsRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: "accounts",
  component: lazyRouteComponent(() => import("./accounts/AccountsPage"), "AccountsPage"),
});

const oneAccountRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: "accounts/$number",
  validateSearch: readAccountSearch,
  component: lazyRouteComponent(() => import("./accounts/AccountPage"), "AccountPage"),
});

const profileRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: "profile",
  component: lazyRouteComponent(() => import("./profile/ProfilePage"), "ProfilePage"),
});

const securityRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: "security",
  component: lazyRouteComponent(() => import("./security/SecurityPage"), "SecurityPage"),
});

const identityRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: "identity",
  component: lazyRouteComponent(() => import("./identity/IdentityPage"), "IdentityPage"),
});

/** The client area. Two frames, so two branches. */
export const clientRoutes = [
  doorRoute.addChildren([
    signInRoute,
    forgotPasswordRoute,
    resetRoute,
    verifyEmailRoute,
    setUpRoute,
    confirmEmailRoute,
    disownRoute,
    invitationRoute,
    registerRoute,
  ]),
  insideRoute.addChildren([accountRoute, accountsRoute, oneAccountRoute, profileRoute, securityRoute, identityRoute]),
] as const;
