import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { needPermission } from "../../lib/session/guards";
import { adminRoute } from "../area";
import { readAccountSearch, readAccountsSearch } from "./search";

const accountsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "accounts",
  validateSearch: readAccountsSearch,
  beforeLoad: ({ context: { session } }) => needPermission(session, "LIST_ACCOUNTS"),
  component: lazyRouteComponent(() => import("./AccountsPage"), "AccountsPage"),
});

const accountRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "accounts/$number",
  validateSearch: readAccountSearch,
  beforeLoad: ({ context: { session } }) => needPermission(session, "LIST_ACCOUNTS"),
  component: lazyRouteComponent(() => import("./AccountPage"), "AccountPage"),
});

/** The accounts, and each of them. */
export const accountRoutes = [accountsRoute, accountRoute] as const;
