// What the editor does beside the page: completion and checks of GraphQL, of JSON, and of text. GraphiQL's own
// setup-workers/vite says the same, but Vite's server can't load ?worker out of a package.
import type { Environment } from "monaco-editor";
import EditorWorker from "monaco-editor/esm/vs/editor/editor.worker.js?worker";
import JsonWorker from "monaco-editor/esm/vs/language/json/json.worker.js?worker";
import GraphQLWorker from "monaco-graphql/esm/graphql.worker.js?worker";

const MonacoEnvironment: Environment = {
  getWorker: (_, label) => {
    if (label === "json") return new JsonWorker();
    return label === "graphql" ? new GraphQLWorker() : new EditorWorker();
  },
};

Object.assign(globalThis, { MonacoEnvironment });
