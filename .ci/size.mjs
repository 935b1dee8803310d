// How much JavaScript each page loads at first, from the build's own manifest and compressed files.
import { readFileSync, statSync } from "node:fs";
import { fail } from "./tools.mjs";

const dist = "frontend/dist";

/** What the first load of any page may weigh, in bytes of brotli. */
const budget = 260 * 1000;

/** Prints the JavaScript of each page that is loaded when entered; a page over the budget ends the command. */
export function printSizes() {
  const manifest = JSON.parse(readFileSync(`${dist}/.vite/manifest.json`, "utf8"));
  const pages = [...firstLoads(manifest, "index.html")].map(([page, chunks]) => ({ page, bytes: weight(chunks) }));
  for (const { page, bytes } of pages.sort((a, b) => b.bytes - a.bytes)) {
    console.log(`${(bytes / 1000).toFixed(1).padStart(8)} kB brotli  ${page}`);
  }
  const heavy = pages.filter(({ bytes }) => bytes > budget);
  if (heavy.length > 0)
    fail(`More than ${budget / 1000} kB of JavaScript: ${heavy.map(({ page }) => page).join(", ")}.`);
}

/** For the entry and each chunk that is imported when needed: the files loaded on the shortest way to it. */
function firstLoads(manifest, entry) {
  const loads = new Map([[entry, withImports(manifest, entry)]]);
  for (const [page, chunks] of loads) {
    // Map iteration also visits what is added on the way, so this is a breadth-first search.
    for (const next of [...chunks.keys()].flatMap((key) => manifest[key].dynamicImports ?? [])) {
      if (!loads.has(next)) loads.set(next, new Map([...loads.get(page), ...withImports(manifest, next)]));
    }
  }
  return loads;
}

function withImports(manifest, key, seen = new Map()) {
  if (seen.has(key)) return seen;
  seen.set(key, manifest[key].file);
  for (const next of manifest[key].imports ?? []) withImports(manifest, next, seen);
  return seen;
}

const weight = (chunks) =>
  [...chunks.values()].reduce((sum, file) => sum + (file.endsWith(".js") ? statSync(`${dist}/${file}.br`).size : 0), 0);
