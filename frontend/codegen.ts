import type { CodegenConfig } from "@graphql-codegen/cli";

// Writes frontend/src/gen from the contract and from the documents beside the components. What it writes is not
// committed: lint, test and build make it anew.
const config: CodegenConfig = {
  schema: "graph/schema/*.graphql",
  ignoreNoDocuments: true,
  config: {
    scalars: { DateTime: "string", ID: "string" },
    strictScalars: true,
    enumsAsTypes: true,
    useTypeImports: true,
  },
  generates: {
    "frontend/src/gen/": {
      documents: ["frontend/src/**/*.{ts,tsx}", "!frontend/src/{gen,explorer}/**"],
      preset: "client",
      presetConfig: { fragmentMasking: { unmaskFunctionName: "readFragment" } },
    },
    // The explorer shows and sends text. Apart, for the app loads all documents of its own at once.
    "frontend/src/gen/explorer/": {
      documents: ["frontend/src/explorer/**/*.{ts,tsx}"],
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: { documentMode: "string" },
    },
  },
};

export default config;
