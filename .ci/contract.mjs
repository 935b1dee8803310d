// The contract: docs/schema.graphql is the schema of the API as its consumers know it, committed, so that a review sees
// each change. What would break them is refused, unless it was announced: deprecated since a day that is over, with
// what to use instead.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fail } from "./tools.mjs";

export const contract = "docs/schema.graphql";

/** How a deprecation says from when on the thing may be gone: "Gone after 2027-01-31: use `other`." */
const announcement = /^Gone after (\d{4}-\d{2}-\d{2}): use `\w+`/;

/** What of the change from one schema to another breaks consumers without a word of warning. `today` is an ISO date. */
export async function unannounced(before, after, today) {
  // Not at the top: on a fresh clone nothing is installed yet when this file is read.
  const { buildSchema, findBreakingChanges, getNamedType } = await import("graphql");
  const old = buildSchema(before);
  const over = (thing) => {
    const [, day] = announcement.exec(thing?.deprecationReason ?? "") ?? [];
    return day !== undefined && day < today;
  };
  const fieldsOf = (type) => Object.values(type?.getFields?.() ?? {});
  const roadsTo = (name) =>
    Object.values(old.getTypeMap()).flatMap((parent) =>
      fieldsOf(parent).flatMap((field) => [
        ...(getNamedType(field.type).name === name ? [{ parent, over: over(field) }] : []),
        ...(field.args ?? [])
          .filter((argument) => getNamedType(argument.type).name === name)
          .map((argument) => ({ parent, over: over(field) || over(argument) })),
      ]),
    );
  // A type can't be deprecated: it goes with the last that led to it.
  const gone = (name, seen = new Set()) => {
    if (seen.has(name)) return true;
    seen.add(name);
    const roads = roadsTo(name);
    return roads.length > 0 && roads.every((road) => road.over || gone(road.parent.name, seen));
  };
  const announced = (description) => {
    const field = /^(\w+)\.(\w+) was removed\.$/.exec(description);
    if (field) return over(old.getType(field[1]).getFields()[field[2]]);
    const argument = /^(\w+)\.(\w+) arg (\w+) was removed\.$/.exec(description);
    if (argument)
      return over(
        old
          .getType(argument[1])
          .getFields()
          [argument[2]].args.find(({ name }) => name === argument[3]),
      );
    const value = /^(\w+) was removed from enum type (\w+)\.$/.exec(description);
    if (value) return over(old.getType(value[2]).getValue(value[1]));
    const type = /^(\w+) was removed\.$/.exec(description);
    return type !== null && gone(type[1]);
  };
  return findBreakingChanges(old, buildSchema(after))
    .map(({ description }) => description)
    .filter((description) => !announced(description));
}

/** Writes the contract anew, unless that breaks it. */
export async function writeContract() {
  // What the compiler says must be read: a resolver that no longer fits is the usual reason.
  const { status, stdout } = spawnSync("go", ["run", "./server", "schema"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 64 << 20,
  });
  if (status !== 0) fail("The schema can't be printed: the server does not build.");
  const after = `${stdout.trim()}\n`;
  const before = existsSync(contract) ? readFileSync(contract, "utf8") : after;
  const broken = await unannounced(before, after, new Date().toISOString().slice(0, 10));
  if (broken.length > 0) {
    fail(
      `The schema breaks what consumers of the API rely on:\n  ${broken.join("\n  ")}\n` +
        'Announce it first: @deprecated(reason: "Gone after 2027-01-31: use `other`."), and wait for that day.',
    );
  }
  writeFileSync(contract, after);
}
