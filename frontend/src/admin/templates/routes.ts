import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { needPermission } from "../../lib/session/guards";
import { adminRoute } from "../area";

const templatesRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "permission-templates",
  beforeLoad: ({ context: { session } }) => needPermission(session, "CONFIGURE_SETTINGS"),
  component: lazyRouteComponent(() => import("./TemplatesPage"), "TemplatesPage"),
});

/** Named sets of account permissions. */
export const templateRoutes = [templatesRoute] as const;
