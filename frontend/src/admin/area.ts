import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { Denied, needSignIn } from "../lib/session/guards";
import { rootRoute } from "../root";

/** The area of staff: everything below /admin. Sections hang their routes under it. */
export const adminRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "admin",
  beforeLoad: ({ context: { session }, location }) => {
    needSignIn(session, location.href);
    if (session.viewer.permissions.length === 0) throw new Denied();
  },
  component: lazyRouteComponent(() => import("./Frame"), "Frame"),
});
