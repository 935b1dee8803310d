// Build: the frontend into frontend/dist, and one binary that carries it, bin/roster.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { generateTypes } from "./generate.mjs";
import { printSizes } from "./size.mjs";
import { bin, needModules, needTools, run, step } from "./tools.mjs";

const dist = "frontend/dist";
const stamp = ".cache/frontend-built-from";

/** Builds frontend/dist, unless it was built from the same files before. */
export async function buildFrontend() {
  const sources = hashOfSources();
  if (existsSync(`${dist}/index.html`) && existsSync(stamp) && readFileSync(stamp, "utf8") === sources) return;
  generateTypes();
  for (const name of readdirSync(dist)) if (name !== ".gitkeep") rmSync(path.join(dist, name), { recursive: true });
  for (const mode of ["production", "explorer"]) {
    run(bin("vite"), ["build", "--config", "frontend/vite.config.ts", "--mode", mode, "--logLevel", "warn"]);
  }
  compress();
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, sources);
}

export const buildServer = () => run("go", ["build", "-trimpath", "-ldflags=-s -w", "-o", "bin/roster", "./server"]);

export async function build() {
  await step("frontend", buildFrontend);
  printSizes();
  await step("bin/roster", buildServer);
}

/** Puts x.br and x.gz beside each hashed text file x: the server sends them as they are. Browsers take br on https only. */
function compress() {
  for (const { name, parentPath } of readdirSync(`${dist}/assets`, { withFileTypes: true, recursive: true })) {
    if (!/\.(js|css|svg|json)$/.test(name)) continue;
    const file = path.join(parentPath, name);
    const content = readFileSync(file);
    writeFileSync(`${file}.br`, brotliCompressSync(content));
    writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
  }
}

function hashOfSources() {
  const hash = createHash("sha256");
  const files = ["frontend", "graph/schema"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => !/^frontend\/(dist|e2e|src\/gen)\//.test(file)),
  );
  for (const file of ["package-lock.json", ".ci/build.mjs", ...files.sort()]) {
    hash.update(`${file}\0`).update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  needTools();
  needModules();
  await build();
}
