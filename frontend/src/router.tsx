import { createRoute, createRouter, type RouterHistory, redirect } from "@tanstack/react-router";
import { adminRoutes } from "./admin/routes";
import { clientRoutes } from "./client/routes";
import type { Api } from "./lib/api/api";
import { homeOf, needSignIn } from "./lib/session/guards";
import { rootRoute } from "./root";
import { Crash } from "./ui/Crash";
import { NotFound } from "./ui/NotFound";
import { Waiting } from "./ui/Waiting";

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  beforeLoad: ({ context: { session } }) => {
    needSignIn(session, "/");
    throw redirect({ href: homeOf(session), replace: true });
  },
});

/** The API explorer is a document of its own, with a policy of its own: the browser leaves the app for it. */
const explorerRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "explorer",
  beforeLoad: () => {
    throw redirect({ href: "/explorer", reloadDocument: true });
  },
});

const routeTree = rootRoute.addChildren([homeRoute, explorerRoute, adminRoutes, ...clientRoutes]);

/** Makes the router. Without a history it uses the browser's. */
export function makeRouter(api: Api, history?: RouterHistory) {
  return createRouter({
    routeTree,
    history,
    context: { api },
    defaultPreload: "intent",
    defaultPendingMs: 300,
    defaultPendingComponent: Waiting,
    defaultErrorComponent: Crash,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
    // What no page's validateSearch let through is not there: else it would reach useSearch as it was written.
    search: { strict: true },
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
