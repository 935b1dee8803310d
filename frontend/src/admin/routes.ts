import { accountRoutes } from "./accounts/routes";
import { adminRoute } from "./area";
import { mailRoutes } from "./mail/routes";
import { questionRoutes } from "./questions/routes";
import { settingRoutes } from "./settings/routes";
import { templateRoutes } from "./templates/routes";
import { tokenRoutes } from "./tokens/routes";
import { userRoutes } from "./users/routes";
import { verificationRoutes } from "./verifications/routes";

/** The sections of the admin area, each with a routes.ts of its own. */
export const adminRoutes = adminRoute.addChildren([
  ...userRoutes,
  ...accountRoutes,
  ...verificationRoutes,
  ...settingRoutes,
  ...questionRoutes,
  ...templateRoutes,
  ...mailRoutes,
  ...tokenRoutes,
]);
