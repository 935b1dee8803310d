// Every operation of the pages is weighed by the built binary: none may be more than its limits let through, however long
// the lists get that only sample data keeps short.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  buildSchema,
  type DocumentNode,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  print,
  typeFromAST,
} from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as pages from "../src/gen/graphql";
import { type Roster, startRoster } from "./roster";

const schema = buildSchema(readFileSync(resolve(import.meta.dirname, "../../docs/schema.graphql"), "utf8"));
const documents = Object.entries<unknown>(pages).flatMap(([name, document]) => {
  const { definitions } = document as DocumentNode;
  const operation = definitions.find((one) => one.kind === "OperationDefinition");
  return operation ? [{ name, operation, query: print(document as DocumentNode) }] : [];
});

let roster: Roster;
let token: string;

beforeAll(async () => {
  roster = await startRoster((command) => {
    command("demo", "--users", "10", "--accounts", "5", "--seed", "1");
    token = /rat_[\w-]+/.exec(command("token", "create", "--name", "Scale", "--role", "Auditor"))?.[0] ?? "";
  });
});

afterAll(() => roster.stop());

/** Some value of a type. What it is makes no difference to what an operation weighs. */
function some(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return some(type.ofType);
  if (isListType(type)) return [some(type.ofType)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (!isInputObjectType(type)) return { Int: 1, Boolean: true, DateTime: "2026-01-01T00:00:00Z" }[type.name] ?? "1";
  const needed = Object.values(type.getFields()).filter((field) => isNonNullType(field.type));
  return Object.fromEntries(needed.map((field) => [field.name, some(field.type)]));
}

const variablesOf = ({ variableDefinitions = [] }: OperationDefinitionNode) =>
  Object.fromEntries(
    variableDefinitions.map(({ variable, type }) => [
      variable.name.value,
      some(typeFromAST(schema, type as never) as GraphQLInputType),
    ]),
  );

test.each(documents)("$name is within the limits", async ({ operation, query }) => {
  const answer = await fetch(`${roster.url}/graphql/cost`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables: variablesOf(operation) }),
  });
  const body = (await answer.json()) as { errors?: unknown; extensions?: { cost: { cost: number } } };
  expect(body.errors, query).toBeUndefined();
  expect(body.extensions?.cost.cost).toBeGreaterThanOrEqual(0);
});

test("the operations of all pages are there", () => expect(documents.length).toBeGreaterThan(100));
