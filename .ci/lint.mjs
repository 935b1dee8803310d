// Lint: bugs, types, arrows between folders, and one format.
import { fileURLToPath } from "node:url";
import { generateTypes } from "./generate.mjs";
import { bin, fail, needLinter, needModules, needTools, output, run, step } from "./tools.mjs";

const goFolders = ["ent", "graph", "internal", "server", "frontend"];

export async function lint() {
  await step("gofmt", () => {
    const unformatted = output("gofmt", ["-l", ...goFolders]);
    if (unformatted) fail(`Not formatted with gofmt:\n${unformatted}`);
  });
  await step("go vet", () => run("go", ["vet", "./..."]));
  await step("golangci-lint", () => run(needLinter(), ["run"]));
  await step("typed documents", generateTypes);
  await step("tsc", () => run(bin("tsc"), ["--noEmit"]));
  await step("biome", () => run(bin("biome"), ["ci", `--colors=${process.stdout.isTTY ? "force" : "off"}`, "."]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  needTools();
  needModules();
  await lint();
}
