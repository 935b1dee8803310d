import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  buildSchema,
  type FieldNode,
  getNamedType,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
  parse,
  validate,
} from "graphql";
import { expect, test } from "vitest";
import { examples, readSamples } from "./examples";

const folder = join(import.meta.dirname, "../../../graph/schema");
const schema = buildSchema(
  readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), "utf8"))
    .join("\n"),
);

const samples = { userId: "u1", accountId: "a1", memberId: "u2", permission: "ORDERS" } as const;

test.each(examples.map((example) => [example.name, example] as const))(
  "%s fits the schema, with its variables",
  (_, { query, variables, needs, changes }) => {
    const document = parse(query);
    expect(validate(schema, document)).toEqual([]);
    const operation = getOperationAST(document) as OperationDefinitionNode;
    expect(getVariableValues(schema, operation.variableDefinitions ?? [], variables(samples)).errors).toBeUndefined();
    expect(changes).toBe(operation.operation === "mutation");
    // What the example says to need is what the guard of its field wants.
    const root = changes ? schema.getMutationType() : schema.getQueryType();
    const field = root?.getFields()[(operation.selectionSet.selections[0] as FieldNode).name.value];
    const guard = field?.astNode?.directives?.find(({ name }) => name.value === "staff")?.arguments?.[0]?.value;
    expect(needs).toBe(guard && "value" in guard ? guard.value : undefined);
    expect(getNamedType(field?.type)).toBeDefined();
  },
);

const own = (...viewerPermissions: ("ORDERS" | "MANAGE_USERS" | "INVOICES")[]) => ({
  account: { id: `a${viewerPermissions.length}`, viewerPermissions },
});

test.each([
  [
    "a member of two accounts manages users in one",
    [own("ORDERS"), own("INVOICES", "MANAGE_USERS")],
    undefined,
    { accountId: "a2", memberId: "me", permission: "INVOICES" },
  ],
  [
    "a member manages users nowhere",
    [own("ORDERS")],
    undefined,
    { accountId: "a1", memberId: "me", permission: "ORDERS" },
  ],
  [
    "staff ask about the owner of any account",
    [],
    { nodes: [{ id: "a9", owner: { id: "u9" } }] },
    { accountId: "a9", memberId: "u9", permission: "INVOICES" },
  ],
  [
    "somebody without an account has to fill one in",
    [],
    undefined,
    { accountId: "ID-OF-AN-ACCOUNT", memberId: "me", permission: "INVOICES" },
  ],
])("%s", (_, nodes, accounts, wanted) => {
  expect(readSamples("me", { viewer: { accounts: { nodes } }, accounts })).toEqual({ userId: "me", ...wanted });
});
