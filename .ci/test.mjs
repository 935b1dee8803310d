// Test: installs what the tests need, then runs everything; the first failure ends it. With --long also every fuzz
// target for half a minute, and the Go tests three times in random order, with many more rounds of their races.
import { build } from "./build.mjs";
import { chromium, needDebian } from "./debian.mjs";
import { checkGenerated } from "./generate.mjs";
import { lint } from "./lint.mjs";
import { bin, needModules, needTools, output, run, step } from "./tools.mjs";

const long = process.argv.includes("--long");

needTools();
await step("what the tests need", () => {
  needModules();
  needDebian();
});
await step("generated code", checkGenerated);
await lint();
await step("frontend tests", () => run(bin("vitest"), ["run", "--config", "frontend/vite.config.ts"]));
await build();
await step("Go tests", goTests);
await step("browser journeys", () => {
  run(bin("vitest"), ["run", "--config", "frontend/e2e/vitest.config.ts"], { env: { CHROMIUM: chromium() } });
});
if (long) await step("fuzzing", fuzz);
console.log(`\nAll green after ${(performance.now() / 60_000).toFixed(1)} min.`);

/** One PostgreSQL serves all test processes; each test has a database of its own in it. */
function goTests() {
  run("go", ["build", "-o", ".cache/cluster", "./internal/dbtest/cluster"]);
  // Two cores with the race detector take their time for the packages that hash passwords.
  const args = long ? ["-count=3", "-shuffle=on", "-timeout=60m"] : ["-timeout=30m"];
  // SQLite's C, translated to Go, allocates memory of its own, where the race detector does not look, and is several times
  // as slow with it. What we and the driver do is watched as before.
  const unwatched = "-gcflags=modernc.org/sqlite/lib=-race=false";
  run(".cache/cluster", ["go", "test", "-race", unwatched, ...args, "./..."], {
    env: { CGO_ENABLED: "1", ...(long && { ROSTER_LONG: "1" }) },
  });
}

/** `go test` fuzzes one target of one package at a time. */
function fuzz() {
  const targets = output("go", ["test", "-list", "^Fuzz", "-json", "./..."])
    .split("\n")
    .map((line) => JSON.parse(line || "{}"))
    .filter(({ Output: text }) => text?.startsWith("Fuzz"));
  for (const { Package: name, Output: target } of targets) {
    run("go", ["test", "-run=^$", `-fuzz=^${target.trim()}$`, "-fuzztime=30s", name]);
  }
}
