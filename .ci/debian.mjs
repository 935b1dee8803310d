// The programs that only the tests need, from Debian's packages.
import { existsSync, readdirSync } from "node:fs";
import { fail, onPath, output, run } from "./tools.mjs";

const fonts = "/usr/share/fonts/truetype/noto";

/** The browser of the journeys: CHROMIUM, or the first that is installed. */
export const chromium = () => process.env.CHROMIUM ?? onPath("chromium", "chromium-browser", "google-chrome");

/** Debian keeps the server's programs off the PATH; internal/dbtest looks in the same places. */
function postgres() {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian) : [];
  return onPath("initdb") ?? versions.find((version) => existsSync(`${debian}/${version}/bin/initdb`));
}

/** The compiler that Go's race detector needs. */
function compiler() {
  const program = output("go", ["env", "CC"]).split(" ")[0];
  return program && (existsSync(program) || onPath(program));
}

/** Installs what is missing when run as root on Debian; else it says what to install. */
export function needDebian() {
  const missing = [];
  if (!compiler()) missing.push("gcc", "libc6-dev");
  if (!chromium()) missing.push("chromium");
  if (!onPath("curl")) missing.push("curl"); // for the commands of docs/api.md
  if (!postgres() && !process.env.ROSTER_TEST_POSTGRES) missing.push("postgresql");
  // Without a font the browser draws boxes. Only Debian's folder is looked at: elsewhere people have fonts.
  if (onPath("apt-get") && !existsSync(fonts) && !output("fc-list", [])) missing.push("fonts-noto-core");
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !onPath("apt-get")) {
    fail(`The tests need ${missing.join(", ")}: install them (Debian: apt-get install ${missing.join(" ")}).`);
  }
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  run("apt-get", ["update", "-q"], { env });
  run("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...missing], { env });
}
