import type { CodegenConfig } from "@graphql-codegen/cli";

// Writes frontend/src/gen from the contract and from the documents beside the components. What it writes is not
// committed: lint, test and build make it anew.
const config: CodegenConfig = {
  schema: "graph/schema/*.graphql",
  documents: ["frontend/src/**/*.{ts,tsx}", "!frontend/src/gen/**"],
  ignoreNoDocuments: true,
  generates: {
    "frontend/src/gen/": {
      preset: "client",
      presetConfig: { fragmentMasking: { unmaskFunctionName: "readFragment" } },
      config: {
        scalars: { DateTime: "string", ID: "string" },
        strictScalars: true,
        enumsAsTypes: true,
        useTypeImports: true,
      },
    },
  },
};

export default config;
