// The contract: docs/schema.graphql is the schema of the API as its consumers know it, committed, so that a review sees
// each change. What would break them is refused, unless it was announced: deprecated since a day that is over, with
// what to use instead.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fail, output } from "./tools.mjs";

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
    // A type can't be deprecated: it goes with the last field that led to it.
    const type = /^(\w+) was removed\.$/.exec(description);
    if (!type) return false;
    const roads = Object.values(old.getTypeMap())
      .flatMap(fieldsOf)
      .filter((one) => getNamedType(one.type).name === type[1]);
    return roads.length > 0 && roads.every(over);
  };
  return findBreakingChanges(old, buildSchema(after))
    .map(({ description }) => description)
    .filter((description) => !announced(description));
}

/** Writes the contract anew, unless that breaks it. */
export async function writeContract() {
  const after = `${output("go", ["run", "./server", "schema"])}\n`;
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
