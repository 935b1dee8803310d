import { expect, test } from "vitest";
import { unannounced } from "./contract.mjs";

const before = `
  type Query { a(x: Int, y: Int @deprecated(reason: "Gone after 2027-01-31: use \`x\`.")): Old
    b: Int @deprecated(reason: "Gone after 2027-01-31: use \`c\`.") c: Int d: Int @deprecated }
  type Old { id: ID }
  enum Kind { ONE TWO @deprecated(reason: "Gone after 2027-01-31: use \`ONE\`.") }
`;
const changed = (from, to) => unannounced(before, before.replace(from, to), "2027-02-01");

test.each([
  ["a field", "c: Int", "", "Query.c was removed."],
  ["a field that was deprecated without a day", "d: Int @deprecated", "", "Query.d was removed."],
  ["an argument", "x: Int,", "", "Query.a arg x was removed."],
  ["a value", "ONE", "", "ONE was removed from enum type Kind."],
  ["another type", "c: Int", "c: String", "Query.c changed type from Int to String."],
  ["a required argument", "x: Int", "x: Int, z: Int!", "A required arg z on Query.a was added."],
  ["a type with its field", /type Old.*|: Old/g, (found) => (found === ": Old" ? ": Int" : ""), "Old was removed."],
])("%s may not go without a word", async (_, from, to, says) => {
  expect(await changed(from, to)).toContain(says);
});

test("what was announced may go after its day, and not before", async () => {
  const gone = [/b: Int.*\.\x22\)/, /y: Int.*\x60\.\x22\)/, /TWO.*\x22\)/];
  for (const one of gone) {
    const after = before.replace(one, "");
    expect(after).not.toBe(before);
    expect(await unannounced(before, after, "2027-02-01")).toEqual([]);
    expect(await unannounced(before, after, "2027-01-31")).toHaveLength(1);
  }
});

test("an announced mutation goes with the types that only it led to", async () => {
  const mutation = `type Query { a: Int other: Other } type Other { id: ID }
    type Mutation { b: Int drop(input: DropInput!): DropPayload @deprecated(reason: "Gone after 2027-01-31: use \`b\`.") }
    input DropInput { kind: Kind } enum Kind { ONE } type DropPayload { thing: Thing other: Other } type Thing { id: ID }`;
  const after = "type Query { a: Int other: Other } type Other { id: ID } type Mutation { b: Int }";
  expect(await unannounced(mutation, after, "2027-02-01")).toEqual([]);
  expect(await unannounced(mutation, after, "2027-01-31")).toContain("DropInput was removed.");
  const toOther = after.replace("other: Other", "").replace("type Other { id: ID }", "");
  expect(await unannounced(mutation, toOther, "2027-02-01")).toContain("Other was removed.");
});

test("what is added breaks nothing", async () => {
  expect(await changed("c: Int", "c: Int e: Int")).toEqual([]);
});
