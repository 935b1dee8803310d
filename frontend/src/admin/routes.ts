import { adminRoute } from "./area";
import { userRoutes } from "./users/routes";

/** The sections of the admin area, each with a routes.ts of its own. */
export const adminRoutes = adminRoute.addChildren([...userRoutes]);
