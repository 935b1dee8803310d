import { type GraphQLSchema, getOperationAST, parse, validate } from "graphql";
import type { Operation } from "./post";

/** What stands in the editors, as it would be sent; undefined where the variables are not a JSON object. */
export function readOperation(
  query: string | null,
  variables: string | null,
  operationName: string | null,
): Operation | undefined {
  if (!query?.trim()) return undefined;
  const given = readVariables(variables);
  if (!given) return undefined;
  return {
    query,
    ...(Object.keys(given).length > 0 && { variables: given }),
    operationName: nameIn(query, operationName),
  };
}

/** The name to send: only where there are several operations. GraphiQL may still name the one of the tab before. */
export function nameIn(query: string, operationName?: string | null): string | undefined {
  return operationName && severalIn(query) ? operationName : undefined;
}

function readVariables(text: string | null): Record<string, unknown> | undefined {
  if (!text?.trim()) return {};
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function severalIn(query: string): boolean {
  try {
    return parse(query).definitions.filter(({ kind }) => kind === "OperationDefinition").length > 1;
  } catch {
    return false;
  }
}

/** Whether the server would come as far as weighing it: it can be read, fits the schema, and it is clear what runs. */
export function isWhole(schema: GraphQLSchema, { query, operationName }: Operation): boolean {
  try {
    const document = parse(query);
    return getOperationAST(document, operationName) !== null && validate(schema, document).length === 0;
  } catch {
    return false;
  }
}
