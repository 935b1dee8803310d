import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  buildSchema,
  type DocumentNode,
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  parse,
  validate,
} from "graphql";

/** What a test pins: per type, the fields it is about; a function of the arguments is a resolver. */
export type Fakes = Record<string, () => Record<string, unknown>>;

const folder = join(import.meta.dirname, "../../../../graph/schema");
const schema = buildSchema(
  readdirSync(folder)
    .filter((file) => file.endsWith(".graphql"))
    .map((file) => readFileSync(join(folder, file), "utf8"))
    .join("\n"),
);

const scalars: Record<string, unknown> = {
  String: "text",
  Int: 1,
  Float: 1,
  Boolean: true,
  DateTime: "2026-11-20T08:00:00Z",
};

/** The place of an answer, such as "users.nodes.0". */
function place(path: GraphQLResolveInfo["path"] | undefined): string {
  if (!path) return "";
  return path.prev ? `${place(path.prev)}.${path.key}` : String(path.key);
}

/** A refusal of the whole request, to be thrown by a fake. */
export function refusal(code: string, extensions: Record<string, unknown> = {}): GraphQLError {
  return new GraphQLError(code, { extensions: { code, ...extensions } });
}

/**
 * Answers like the API, from its schema: every field has a value of its type, always the same; lists have two. What
 * the schema does not allow is refused, so that no test passes on a query that the server would turn down.
 */
export function fakeApi(fakes: Fakes): (request: Request) => Promise<Response> {
  const make = (type: GraphQLOutputType): unknown => {
    if (isNonNullType(type)) return make(type.ofType);
    if (isListType(type)) return [make(type.ofType), make(type.ofType)];
    if (isEnumType(type)) return type.getValues()[0]?.name;
    if (isInterfaceType(type) || isUnionType(type)) {
      const first = schema.getPossibleTypes(type)[0];
      return first && make(first);
    }
    if (isObjectType(type)) return { __typename: type.name, ...fakes[type.name]?.() };
    return scalars[type.name];
  };

  const resolve: GraphQLFieldResolver<Record<string, unknown>, unknown> = (
    source,
    args,
    _,
    { fieldName, returnType, path },
  ) => {
    const own = source[fieldName];
    if (typeof own === "function") return own(args);
    if (own !== undefined) return own;
    if (fieldName === "userErrors") return [];
    // What stands in one place has one ID, however often it is asked.
    if (fieldName === "id") return place(path.prev);
    const made = make(returnType);
    source[fieldName] = made;
    return made;
  };

  return async (request) => {
    const { query, variables, operationName } = (await request.json()) as {
      query: string;
      variables?: Record<string, unknown>;
      operationName?: string;
    };
    const document: DocumentNode = parse(query);
    const faults = validate(schema, document);
    const answer =
      faults.length > 0
        ? { errors: faults }
        : await execute({
            schema,
            document,
            operationName,
            variableValues: variables,
            rootValue: /^\s*mutation/.test(query) ? { ...fakes.Mutation?.() } : { ...fakes.Query?.() },
            fieldResolver: resolve,
          });
    return new Response(JSON.stringify(answer), {
      status: faults.length > 0 ? 400 : 200,
      headers: { "content-type": "application/graphql-response+json" },
    });
  };
}
