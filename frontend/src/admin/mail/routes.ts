import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { needPermission } from "../../lib/session/guards";
import { adminRoute } from "../area";

/** Which mail is shown, and in which language; the first one, in the reader's, where the address does not say. */
interface MailSearch {
  kind?: string;
  language?: string;
}

const mailRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "mail",
  validateSearch: ({ kind, language }: Record<string, unknown>): MailSearch => ({
    ...(typeof kind === "string" && /^[A-Z_]+$/.test(kind) && { kind }),
    ...(typeof language === "string" && /^[A-Za-z-]+$/.test(language) && { language }),
  }),
  beforeLoad: ({ context: { session } }) => needPermission(session, "CONFIGURE_MAIL"),
  component: lazyRouteComponent(() => import("./MailPage"), "MailPage"),
});

/** What the mails look like. */
export const mailRoutes = [mailRoute] as const;
