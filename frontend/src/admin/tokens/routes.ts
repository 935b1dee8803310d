import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { needPermission } from "../../lib/session/guards";
import { adminRoute } from "../area";

const tokensRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "api-tokens",
  beforeLoad: ({ context: { session } }) => needPermission(session, "MANAGE_API_TOKENS"),
  component: lazyRouteComponent(() => import("./TokensPage"), "TokensPage"),
});

/** What other systems act with. */
export const tokenRoutes = [tokensRoute] as const;
