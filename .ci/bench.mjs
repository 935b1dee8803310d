// Bench: the numbers of bin/roster at a million users, on SQLite and on a throw-away PostgreSQL, as a table. What
// follows two dashes goes to the benchmark: npm run bench -- -h
import { build } from "./build.mjs";
import { needModules, needTools, run } from "./tools.mjs";

needTools();
needModules();
await build();
run("go", ["build", "-o", ".cache/cluster", "./internal/dbtest/cluster"]);
run("go", ["build", "-o", ".cache/bench", "./internal/bench"]);
run(".cache/cluster", [".cache/bench", "-roster", "bin/roster", ...process.argv.slice(2)]);
