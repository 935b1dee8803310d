// Bench: the numbers of bin/roster at a million users as a table; the benchmark starts all it needs. What follows two
// dashes goes to it: npm run bench -- -h
import { build } from "./build.mjs";
import { needModules, needTools, run } from "./tools.mjs";

needTools();
needModules();
await build();
run("go", ["build", "-o", ".cache/bench", "./internal/bench"]);
run(".cache/bench", process.argv.slice(2));
