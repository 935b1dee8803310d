import { createRootRouteWithContext, Outlet } from "@tanstack/react-router";
import type { Api } from "./lib/api/api";
import { followProfile } from "./lib/i18n";
import { SudoProvider } from "./lib/session/SudoProvider";
import { NotFound } from "./ui/NotFound";

/** The root of all pages: nothing is shown before it is known who is here. */
export const rootRoute = createRootRouteWithContext<{ api: Api }>()({
  beforeLoad: async ({ context }) => {
    const session = await context.api.session();
    const language = session.viewer.user?.language;
    if (language) await followProfile(language);
    return { session };
  },
  component: () => (
    <SudoProvider>
      <Outlet />
    </SudoProvider>
  ),
  notFoundComponent: NotFound,
});
