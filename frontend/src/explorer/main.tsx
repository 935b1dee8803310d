import "../ui/styles";
import "@mantine/core/styles/Code.layer.css";
import { createRoot } from "react-dom/client";
import { followProfile, startI18n } from "../lib/i18n";
import { ErrorState } from "../ui/ErrorState";
import { Waiting } from "../ui/Waiting";
import { findSamples } from "./examples";
import { ExplorerFault, whoIs } from "./identity";
import { Shell } from "./Shell";

const element = document.getElementById("root");
if (!element) throw new Error("explorer.html has no #root");
const root = createRoot(element);

/** The explorer is for who is signed in; the sign-in page leads others back here. */
async function start(): Promise<void> {
  const me = await whoIs();
  const { user, permissions, kind } = me.viewer;
  if (kind === "ANONYMOUS" || !user) {
    window.location.replace("/sign-in?return_to=%2Fexplorer");
    return;
  }
  const [{ Explorer }, samples] = await Promise.all([
    // The editor weighs megabytes: nobody loads it in vain.
    import("./Explorer"),
    findSamples(user.id, permissions),
    followProfile(user.language),
  ]);
  root.render(
    <Shell>
      <Explorer me={me} samples={samples} />
    </Shell>,
  );
}

await startI18n();
root.render(
  <Shell>
    <Waiting />
  </Shell>,
);
start().catch((error: unknown) => {
  const fault = error instanceof ExplorerFault ? error.fault : ({ code: "OFFLINE" } as const);
  root.render(
    <Shell>
      <ErrorState page fault={fault} onRetry={() => window.location.reload()} />
    </Shell>,
  );
});
