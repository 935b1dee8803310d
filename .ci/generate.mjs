// Generate: Go code from ent/schema and graph/schema, and the typed documents of the frontend. With --release, the API as
// it is also becomes the promise that later changes must keep.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { contract, release, writeContract } from "./contract.mjs";
import { generateGoClient } from "./examples.mjs";
import { bin, fail, needModules, needTools, run } from "./tools.mjs";

/** Writes ent/generated, graph/generated, graph's resolvers, the contract of the API and its client; they are committed. */
export async function generateGo() {
  run("go", ["generate", "./ent", "./graph"]);
  await writeContract();
  generateGoClient();
}

/** Writes frontend/src/gen, which is not committed. */
export const generateTypes = () => run(bin("graphql-codegen"), ["--config", "frontend/codegen.ts", "--silent"]);

/** Generates the Go code and fails when that changed a file: what is committed must be what the sources say. */
export async function checkGenerated() {
  const before = contents();
  await generateGo();
  const changed = [...contents()].filter(([file, hash]) => before.get(file) !== hash).map(([file]) => file);
  const gone = [...before.keys()].filter((file) => !existsSync(file));
  if (changed.length + gone.length > 0) {
    fail(`Generating changed ${[...changed, ...gone].join(", ")}: commit what \`npm run generate\` writes.`);
  }
}

/** A hash of each file that generating may write. */
function contents() {
  const files = ["ent", "graph", "docs/examples/go"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name)),
  );
  if (existsSync(contract)) files.push(contract);
  return new Map(files.map((file) => [file, createHash("sha256").update(readFileSync(file)).digest("hex")]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  needTools();
  needModules();
  await generateGo();
  generateTypes();
  if (process.argv.includes("--release")) await release();
}
