// Examples: the clients under docs/examples, made from the schema and built into .cache/examples.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { bin, needModules, needTools, root, run } from "./tools.mjs";

const inGo = { cwd: "docs/examples/go" };
const inTypeScript = { cwd: "docs/examples/typescript" };
const built = path.join(root, ".cache/examples");
const inRoot = (name) => path.join(root, bin(name));

/** Writes the typed operations of the client in Go; they are committed, as all of Go's generated code. */
export const generateGoClient = () => run("go", ["generate", "."], inGo);

export function buildExamples() {
  run("go", ["vet", "."], inGo);
  run("go", ["build", "-o", path.join(built, "roster-client"), "."], inGo);
  run(inRoot("graphql-codegen"), ["--silent"], inTypeScript);
  run(inRoot("tsc"), ["--outDir", path.join(built, "typescript")], inTypeScript);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  needTools();
  needModules();
  buildExamples();
}
