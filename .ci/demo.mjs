// The sample data of `npm start` and `npm run dev`, under ./data.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fail } from "./tools.mjs";

export const database = "data/roster.db";
const signIn = "data/sign-in.txt";

/** Makes the sample data unless it is there, and says how to sign in. */
export function demoData() {
  if (!existsSync(database)) make();
  if (existsSync(signIn)) console.log(readFileSync(signIn, "utf8"));
}

/** Half a database must not look like a whole one: it is made elsewhere and moved, the database itself last. */
function make() {
  const folder = ".cache/demo";
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  mkdirSync("data", { recursive: true, mode: 0o700 });
  const { status, stdout } = spawnSync(
    "bin/roster",
    ["demo", "--db", `${folder}/roster.db`, "--users", "5000", "--accounts", "2000", "--seed", "1", "--print-secrets"],
    { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
  );
  if (status !== 0) fail("Making the sample data failed.");
  writeFileSync(signIn, stdout, { mode: 0o600 });
  const files = readdirSync(folder).sort((a, b) => Number(a === "roster.db") - Number(b === "roster.db"));
  for (const file of files) renameSync(path.join(folder, file), path.join("data", file));
}
