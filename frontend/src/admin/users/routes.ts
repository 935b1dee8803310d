import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { needPermission } from "../../lib/session/guards";
import { adminRoute } from "../area";
import { readUsersSearch } from "./search";

const indexRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/",
  beforeLoad: ({ context: { session } }) => {
    if (session.viewer.permissions.includes("LIST_USERS")) throw redirect({ to: "/admin/users", replace: true });
  },
});

const usersRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "users",
  validateSearch: readUsersSearch,
  beforeLoad: ({ context: { session } }) => needPermission(session, "LIST_USERS"),
  component: lazyRouteComponent(() => import("./UsersPage"), "UsersPage"),
});

const userRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "users/$number",
  beforeLoad: ({ context: { session } }) => needPermission(session, "LIST_USERS"),
  component: lazyRouteComponent(() => import("./UserPage"), "UserPage"),
});

/** Manage Users and Manage User. */
export const userRoutes = [indexRoute, usersRoute, userRoute] as const;
