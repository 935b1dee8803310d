import { defineConfig } from "vitest/config";

// Journeys of a real browser against bin/roster. CHROMIUM names the browser.
export default defineConfig({
  root: import.meta.dirname,
  cacheDir: "../../node_modules/.vite-e2e",
  test: {
    environment: "node",
    include: ["**/*.e2e.ts"],
    // Each journey starts a server and a browser: one after the other on two cores.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
    // Vitest polls for a second, which a list that is fetched and drawn beside a busy server may exceed.
    expect: { poll: { timeout: 20_000 } },
  },
});
