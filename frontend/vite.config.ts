import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// Two builds fill dist/: the app, and with --mode explorer the page of the API explorer. Apart, for what they have in common
// would be cut into more and smaller files, which compress worse, and the app's first load would grow.
//
// The binary carries dist/ (embed.go). The Content-Security-Policy forbids inline scripts and foreign origins
// (security.md #54), so nothing here may put either into index.html.
export default defineConfig(({ mode }) => ({
  root: import.meta.dirname,
  cacheDir: "../node_modules/.vite",
  plugins: [react()],
  build: {
    outDir: "dist",
    // .gitkeep lets `go build` work without Node; .ci/build.mjs empties the rest.
    emptyOutDir: false,
    manifest: mode !== "explorer",
    rolldownOptions: {
      input: `${import.meta.dirname}/${mode === "explorer" ? "explorer" : "index"}.html`,
      // GraphiQL talks to a compiler that we don't use, at the top of each of its files.
      onLog: (level, log, print) => log.code !== "MODULE_LEVEL_DIRECTIVE" && print(level, log),
    },
    // The editor is as large as it is, and loaded by who opens the explorer.
    chunkSizeWarningLimit: mode === "explorer" ? 2000 : 500,
    target: "es2023",
    modulePreload: { polyfill: false },
    // A small asset as data: URL would need looser img-src and font-src.
    assetsInlineLimit: 0,
    // Brotli sizes are measured by .ci/size.mjs from the compressed files themselves.
    reportCompressedSize: false,
  },
  server: {
    host: "127.0.0.1",
    port: 5173,
    strictPort: true,
    // What is not the app itself is the server's, whose --base-url is this address: see .ci/dev.mjs.
    proxy: Object.fromEntries(
      ["/graphql", "/dev", "/healthz", "/readyz", "^/admin/mail/.+/.+"].map((path) => [path, "http://127.0.0.1:8080"]),
    ),
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}", "../.ci/*.test.mjs"],
    setupFiles: ["src/lib/test/setup.ts"],
    // Two cores: more workers than that only compete for them.
    maxWorkers: 2,
    testTimeout: 20_000,
    restoreMocks: true,
  },
}));
