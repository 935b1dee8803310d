// Dev: the server on :8080 behind Vite, which replaces the frontend's modules as you edit them. After a change in Go,
// start again.
import { buildServer } from "./build.mjs";
import { database, demoData } from "./demo.mjs";
import { generateTypes } from "./generate.mjs";
import { listening, serve } from "./serve.mjs";
import { bin, needModules, needTools } from "./tools.mjs";

needTools();
needModules();
generateTypes();
buildServer();
demoData();
// The browser sees Vite's address, so it is the server's base.
const base = "http://localhost:5173";
serve("bin/roster", ["serve", "--db", database, "--listen", "127.0.0.1:8080", "--base-url", base, "--dev"]);
await listening(8080);
serve(bin("graphql-codegen"), ["--config", "frontend/codegen.ts", "--watch", "--silent"]);
serve(bin("vite"), ["--config", "frontend/vite.config.ts"]);
