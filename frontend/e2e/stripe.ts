// Stripe as far as Roster speaks with it, as a program on this machine: its API, the page that people go to, and the signed
// messages. It is built from internal/verification/stripe.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** What staff give Roster for it. */
export const keys = [
  { name: "apiKey", value: "sk_test_journey" },
  { name: "webhookSecret", value: "whsec_journey" },
];

/** Starts it at a port. It sends its messages to `notices`. Resolves with what ends it. */
export async function startStripe(port: number, notices: string): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "roster-stripe-"));
  const binary = join(folder, "stripe");
  execFileSync("go", ["build", "-o", binary, "./internal/verification/stripe/stripetest/stripelocal"], { cwd: root });
  const [key, secret] = keys.map(({ value }) => value) as [string, string];
  const server = spawn(
    binary,
    ["--listen", `127.0.0.1:${port}`, "--notices", notices, "--key", key, "--secret", secret],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await once(server.stdout, "data");
  return async () => {
    const ended = once(server, "exit");
    server.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
}
