// What every command of package.json shares: running programs, and having what they need.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

/** Ends the command with one line that says what is wrong. */
export function fail(message) {
  console.error(message);
  process.exit(1);
}

/** Runs a program with our own output; anything but success ends the command. */
export function run(program, args, { env, cwd } = {}) {
  const { status, signal, error } = spawnSync(program, args, {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...env },
    cwd,
  });
  if (error) fail(`${program} does not start: ${error.message}`);
  if (status !== 0) fail(`${[program, ...args].join(" ")}: ${signal ?? `exit status ${status}`}`);
}

/** What a program prints, or "" when it is missing or fails. */
export function output(program, args) {
  const { status, stdout } = spawnSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return status === 0 ? stdout.trim() : "";
}

/** Runs one part of a command and says how long it took. */
export async function step(name, work) {
  const start = performance.now();
  console.log(`\n▸ ${name}`);
  await work();
  console.log(`✓ ${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/** The path of a program of node_modules. */
export const bin = (name) => path.join("node_modules", ".bin", name);

/** The first of the names that is on the PATH, or undefined. */
export function onPath(...names) {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find((file) => existsSync(file));
}

/** Asks for Node and Go. */
export function needTools() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Node.js ${process.versions.node} is too old: install 20.19 or newer.`);
  }
  const wanted = /^go (\S+)$/m.exec(readFileSync("go.mod", "utf8"))?.[1];
  if (!onPath("go")) fail(`go is missing: install Go ${wanted} or newer from https://go.dev/dl.`);
  // An older Go fetches the one that go.mod names; without a network it cannot.
  if (!output("go", ["env", "GOVERSION"])) fail(`This go cannot build Roster: install Go ${wanted} or newer.`);
}

/** Installs node_modules unless they are what package-lock.json says. */
export function needModules() {
  const installed = "node_modules/.package-lock.json";
  if (existsSync(installed)) {
    const have = JSON.parse(readFileSync(installed, "utf8")).packages;
    const want = JSON.parse(readFileSync("package-lock.json", "utf8")).packages;
    // Optional packages are those of other platforms.
    const stale = Object.entries(want).some(
      ([name, { version, optional }]) => name !== "" && have[name]?.version !== version && !(optional && !have[name]),
    );
    if (!stale) return;
  }
  if (!onPath("npm")) fail("npm is missing: it comes with Node.js.");
  run("npm", ["ci", "--loglevel=error"]);
}

const linter = { module: "github.com/golangci/golangci-lint/v2/cmd/golangci-lint", version: "2.15.0" };

/** The path of golangci-lint in our version; it is built when it is not there, which takes minutes, once. */
export function needLinter() {
  const cache = process.env.XDG_CACHE_HOME ?? path.join(homedir(), ".cache");
  const folder = path.join(cache, "roster", `golangci-lint-${linter.version}`);
  const places = [folder, path.join(output("go", ["env", "GOPATH"]), "bin")];
  const found = [...places.map((place) => path.join(place, "golangci-lint")), onPath("golangci-lint")].find(
    (file) => file && output(file, ["version", "--short"]) === linter.version,
  );
  if (found) return found;
  console.log(`Building golangci-lint ${linter.version}, once.`);
  run("go", ["install", `${linter.module}@v${linter.version}`], { env: { GOBIN: folder } });
  return path.join(folder, "golangci-lint");
}
