import { adminRoute } from "./area";

/** The sections of the admin area, each with a routes.ts of its own. */
export const adminRoutes = adminRoute.addChildren([]);
