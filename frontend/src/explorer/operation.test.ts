import { buildSchema } from "graphql";
import { expect, test } from "vitest";
import { isWhole, readOperation } from "./operation";

const schema = buildSchema("type Query { user(id: ID!): String } type Mutation { drop: String }");

test.each([
  ["nothing", "", "", undefined],
  ["blanks", " \n", "{}", undefined],
  ["a query alone", "{ user }", "", { query: "{ user }" }],
  ["no variables in it", "{ user }", " {} ", { query: "{ user }" }],
  ["variables", "{ user }", '{"id": 1}', { query: "{ user }", variables: { id: 1 } }],
  ["half of the variables", "{ user }", '{"id": ', undefined],
  ["a list of variables", "{ user }", "[1]", undefined],
  ["null for variables", "{ user }", "null", undefined],
])("the editors hold %s", (_, query, variables, operation) => {
  expect(readOperation(query, variables, null)).toEqual(operation);
});

test("the operation is named only where there are several", () => {
  expect(readOperation("query A { user }", "", "A")).toEqual({ query: "query A { user }" });
  const both = "query A { user } query B { user }";
  expect(readOperation(both, "", "B")).toEqual({ query: both, operationName: "B" });
});

test.each([
  ["a whole query", { query: '{ user(id: "1") }' }, true],
  ["half a query", { query: "{ user(" }, false],
  ["an unknown field", { query: "{ other }" }, false],
  ["two operations, none named", { query: '{ user(id: "1") } mutation M { drop }' }, false],
  ["two operations, one named", { query: 'query A { user(id: "1") } mutation M { drop }', operationName: "M" }, true],
])("%s is fit to be weighed: %s", (_, operation, fit) => {
  expect(isWhole(schema, operation)).toBe(fit);
});
