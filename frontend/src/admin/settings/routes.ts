import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { needPermission } from "../../lib/session/guards";
import { adminRoute } from "../area";

const settingsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "settings",
  beforeLoad: ({ context: { session } }) => needPermission(session, "CONFIGURE_SETTINGS"),
  component: lazyRouteComponent(() => import("./SettingsPage"), "SettingsPage"),
});

/** The settings of the installation. */
export const settingRoutes = [settingsRoute] as const;
