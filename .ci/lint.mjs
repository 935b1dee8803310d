// Lint: bugs, types, arrows between folders, and one format.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { generateTypes } from "./generate.mjs";
import { bin, fail, needLinter, needModules, needTools, run, step } from "./tools.mjs";

const goFolders = ["ent", "graph", "internal", "server", "frontend", "docs"];

export async function lint() {
  await step("gofmt", gofmt);
  await step("go vet", () => run("go", ["vet", "./..."]));
  await step("golangci-lint", () => {
    run(needLinter(), ["run"]);
    run(needLinter(), ["run"], { cwd: "docs/examples/go" }); // a module of its own, under the same rules
  });
  await step("typed documents", generateTypes);
  await step("tsc", () => run(bin("tsc"), ["--noEmit", "-p", "frontend"]));
  await step("biome", () => run(bin("biome"), ["ci", `--colors=${process.stdout.isTTY ? "force" : "off"}`, "."]));
}

function gofmt() {
  const { status, stdout } = spawnSync("gofmt", ["-l", ...goFolders], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0 || stdout) fail(`Not formatted with gofmt:\n${stdout ?? "gofmt does not start"}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  needTools();
  needModules();
  await lint();
}
