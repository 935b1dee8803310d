import { defineConfig } from "vitest/config";

// Journeys of a real browser against the real binary. CHROMIUM names the browser, ROSTER the binary.
export default defineConfig({
  root: import.meta.dirname,
  cacheDir: "../../node_modules/.vite-e2e",
  test: {
    environment: "node",
    include: ["**/*.e2e.ts"],
    // Each journey starts a server and a browser: one after the other on two cores.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
