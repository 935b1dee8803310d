import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { badNotices, contract, released, unannounced } from "./contract.mjs";

test("the API keeps what was released", async () => {
  const [before, after] = [released, contract].map((file) => readFileSync(file, "utf8"));
  const today = new Date().toISOString().slice(0, 10);
  expect(await unannounced(before, after, today)).toEqual([]);
  // How much time a new notice leaves is a matter of the day of its release.
  expect(await badNotices(before, after, "1970-01-01")).toEqual([]);
});

const before = `
  directive @public on FIELD_DEFINITION
  directive @authenticated on FIELD_DEFINITION
  directive @person on FIELD_DEFINITION
  directive @staff(can: String) on FIELD_DEFINITION
  directive @personal(can: String!) on FIELD_DEFINITION
  directive @sudo on FIELD_DEFINITION
  directive @alone on FIELD_DEFINITION
  type Query { a(x: Int, y: Int @deprecated(reason: "Gone after 2027-01-31: use \`x\`.")): Old
    b: Int @deprecated(reason: "Gone after 2027-01-31: use \`c\`.") c: Int d: Int @deprecated
    open: Int @public known: Int @authenticated staff: Int @staff listers: Int @staff(can: "LIST") own: Int @person
    page(first: Int = 20, where: Where): Int soon(n: Int = 1): Int @public @deprecated(reason: "Gone after 2027-01-31: use \`open\`.") }
  type Old { id: ID }
  input Where { name: String = "x" id: ID }
  enum Kind { ONE TWO @deprecated(reason: "Gone after 2027-01-31: use \`ONE\`.") }
`;

/** The schema with one thing changed, which must be there. */
const edited = (from, to) => {
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  return after;
};
const changed = (from, to) => unannounced(before, edited(from, to), "2027-02-01");

test.each([
  ["a field", " c: Int", "", "Query.c was removed."],
  ["a field that was deprecated without a day", "d: Int @deprecated", "", "Query.d was removed."],
  ["an argument", "x: Int,", "", "Query.a arg x was removed."],
  ["a value", "ONE", "", "ONE was removed from enum type Kind."],
  ["another type", " c: Int", " c: String", "Query.c changed type from Int to String."],
  ["a required argument", "x: Int", "x: Int, z: Int!", "A required arg z on Query.a was added."],
  ["a type with its field", /type Old.*|: Old/g, (found) => (found === ": Old" ? ": Int" : ""), "Old was removed."],
  ["a field for fewer", "open: Int @public", "open: Int @authenticated", "Query.open is guarded by @authenticated."],
  ["a field for people", "known: Int @authenticated", "known: Int @person", "Query.known is guarded by @person."],
  ["a field for staff", "known: Int @authenticated", "known: Int @staff", "Query.known is guarded by @staff."],
  ["a permission", "staff: Int @staff", 'staff: Int @staff(can: "X")', 'Query.staff is guarded by @staff(can: "X").'],
  ["another permission", 'can: "LIST"', 'can: "EDIT"', 'Query.listers is guarded by @staff(can: "EDIT").'],
  ["a proof", "own: Int @person", "own: Int @person @sudo", "Query.own is guarded by @sudo."],
  ["to be alone", "open: Int @public", "open: Int @public @alone", "Query.open is guarded by @alone."],
  ["a guard of a row", " c: Int", ' c: Int @personal(can: "X")', 'Query.c is guarded by @personal(can: "X").'],
  ["another default", "first: Int = 20", "first: Int = 50", "Query.page arg first has another default: 50, not 20."],
  ["no default", "first: Int = 20", "first: Int", "Query.page arg first has another default: none, not 20."],
  ["another default of an input", '"x"', '"y"', 'Where.name has another default: "y", not "x".'],
  ["one member only", "input Where {", "input Where @oneOf {", "Where takes only one of its members."],
])("%s may not come or go without a word", async (_, from, to, says) => {
  expect(await changed(from, to)).toContain(says);
});

test("what was announced may go, or change, after its day and not before", async () => {
  const gone = [
    [/b: Int.*\.\x22\) c/, "c"],
    [/y: Int.*\x60\.\x22\)\)/, ")"],
    [/TWO.*\x22\)/, ""],
    ["soon(n: Int = 1): Int @public", "soon(n: Int = 1): String @public"],
    ["soon(n: Int = 1): Int @public", "soon(n: Int = 2): Int @public"],
    ["soon(n: Int = 1): Int @public", "soon(n: Int = 1, m: Int!): Int @public"],
    ["soon(n: Int = 1): Int @public", "soon(n: Int = 1): Int @staff"],
  ];
  for (const [from, to] of gone) {
    expect(await unannounced(before, edited(from, to), "2027-02-01")).toEqual([]);
    expect(await unannounced(before, edited(from, to), "2027-01-31")).toHaveLength(1);
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

test.each([
  ["a field", " c: Int", " c: Int e: Int"],
  ["an argument", "x: Int,", "x: Int, z: Int,"],
  ["a field for all who are known", "own: Int @person", "own: Int @authenticated"],
  ["a field for everybody", 'listers: Int @staff(can: "LIST")', "listers: Int @public"],
  ["a field for all staff", 'listers: Int @staff(can: "LIST")', "listers: Int @staff"],
])("what opens breaks nothing: %s", async (_, from, to) => {
  expect(await changed(from, to)).toEqual([]);
});

test("a notice names a day and a replacement, and stands for 90 days from its release", async () => {
  const old = 'type Query { a: Int b: Int @deprecated(reason: "Gone after 2027-01-31: use `a`.") }';
  const now = (reason) =>
    `type Query { a: Int b: Int c(x: Int ${reason}, y: Int): Int } type Other { d: Int e: Int @deprecated(reason: "Gone after 2027-03-01: use \`d\`.") }`;
  const said = (reason) => badNotices(old, now(`@deprecated(reason: "${reason}")`), "2026-12-01");
  expect(await said("Gone after 2027-03-01: use `a`.")).toEqual([]);
  expect(await said("Gone after 2027-02-28: use `a`.")).toEqual([
    "Query.c arg x is to go after 2027-02-28, which is before 2027-03-01.",
  ]);
  for (const reason of ["Use `a`.", "Gone after 2027-03-01.", "Gone after soon: use `a`."]) {
    expect(await said(reason)).toEqual(["Query.c arg x is deprecated without a day or a replacement."]);
  }
  for (const there of ["y", "Query.a", "Other.d"]) {
    expect(await said(`Gone after 2027-03-01: use \`${there}\`.`)).toEqual([]);
  }
  for (const gone of ["z", "Query.z", "Nothing.a", "Other.e"]) {
    expect(await said(`Gone after 2027-03-01: use \`${gone}\`.`)).toEqual([
      `Query.c arg x is to be replaced by ${gone}, which is not there.`,
    ]);
  }
  expect(await badNotices(old, old, "2027-01-01")).toEqual([]);
  expect(await badNotices(old, old.replace("2027-01-31", "2027-01-30"), "2026-01-01")).toHaveLength(1);
});
