import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { needPermission } from "../../lib/session/guards";
import { adminRoute } from "../area";

const questionsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "security-questions",
  beforeLoad: ({ context: { session } }) => needPermission(session, "CONFIGURE_SECURITY_QUESTIONS"),
  component: lazyRouteComponent(() => import("./QuestionsPage"), "QuestionsPage"),
});

/** The list of security questions. */
export const questionRoutes = [questionsRoute] as const;
