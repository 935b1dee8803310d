import type { CodegenConfig } from "@graphql-codegen/cli";

// Writes src/gen from the schema and from the operations in src: they are texts with types, so that nothing of GraphQL
// is needed when the program runs.
const config: CodegenConfig = {
  schema: "../../schema.graphql",
  documents: ["src/**/*.ts", "!src/gen/**"],
  importExtension: ".ts",
  generates: {
    "src/gen/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: "string",
        scalars: { DateTime: "string", ID: "string" },
        strictScalars: true,
        enumsAsTypes: true,
        useTypeImports: true,
      },
    },
  },
};

export default config;
