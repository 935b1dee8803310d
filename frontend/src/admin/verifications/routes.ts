import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { needPermission } from "../../lib/session/guards";
import { adminRoute } from "../area";

const queueRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "verifications",
  beforeLoad: ({ context: { session } }) => needPermission(session, "MANAGE_USER_VERIFICATION"),
  component: lazyRouteComponent(() => import("./QueuePage"), "QueuePage"),
});

const reviewRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "verifications/$number",
  beforeLoad: ({ context: { session } }) => needPermission(session, "MANAGE_USER_VERIFICATION"),
  component: lazyRouteComponent(() => import("./ReviewPage"), "ReviewPage"),
});

/** Proofs of identity that wait to be looked at, and the page to look at one. */
export const verificationRoutes = [queueRoute, reviewRoute] as const;
