// Start: install, build, make the sample data, serve it on http://localhost:8080. A second start reuses what is there.
// Further settings of `roster serve` go behind two dashes: npm start -- --smtp 'smtp://localhost:1025?tls=none' --mail-from me@example.com
import { buildFrontend, buildServer } from "./build.mjs";
import { database, demoData } from "./demo.mjs";
import { serve } from "./serve.mjs";
import { needModules, needTools, step } from "./tools.mjs";

const settings = process.argv.slice(2);
const listen = setting("listen") ?? "127.0.0.1:8080";
const address = setting("base-url") ?? `http://localhost:${listen.split(":").at(-1)}`;

needTools();
needModules();
await step("frontend", buildFrontend);
await step("bin/roster", buildServer);
await step("sample data", demoData);
console.log("\nCtrl-C stops the server; delete ./data to begin anew.");
const args = ["serve", "--db", database, "--listen", listen, "--base-url", address, "--dev"];
serve("bin/roster", [...args, ...settings]);

/** What follows --name, or --name=, on our command line. */
function setting(name) {
  const at = settings.findIndex((one) => one === `--${name}` || one.startsWith(`--${name}=`));
  return at < 0 ? undefined : (settings[at].split("=")[1] ?? settings[at + 1]);
}
