// The contract: docs/schema.graphql is the schema of the API as its consumers know it, committed, so that a review sees
// each change. docs/schema.released.graphql is what they were promised last: it moves only with `npm run generate --
// --release`. What breaks that promise is refused, here and by the tests, unless it was announced in it: deprecated, with
// what to use instead and until when there is time, and that day is over.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fail } from "./tools.mjs";

export const contract = "docs/schema.graphql";
export const released = "docs/schema.released.graphql";

/** How a deprecation says from when on the thing may be gone: "Gone after 2027-01-31: use `other`." */
const announcement = /^Gone after (\d{4}-\d{2}-\d{2}): use `(\w+(?:\.\w+)?)`/;

/** For how many days an announcement stands at least, from its release on. */
const notice = 90;

const form = `@deprecated(reason: "Gone after 2027-01-31: use \`other\`.")`;

// Not imported at the top: on a fresh clone nothing is installed yet when this file is read.
const graphql = () => import("graphql");

const noticeOf = (thing) => announcement.exec(thing?.deprecationReason ?? "") ?? [];

const dayOf = (thing) => noticeOf(thing)[1];

/** What of the change from one schema to another breaks consumers without a word of warning. `today` is an ISO date. */
export async function unannounced(before, after, today) {
  const { buildSchema, findBreakingChanges, getNamedType } = await graphql();
  const [old, now] = [buildSchema(before), buildSchema(after)];
  const over = (thing) => {
    const day = dayOf(thing);
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
    const value = /^(\w+) was removed from enum type (\w+)\.$/.exec(description);
    if (value) return over(old.getType(value[2]).getValue(value[1]));
    const type = /^(\w+) was removed\.$/.exec(description);
    if (type) return gone(type[1]);
    // What happens to a field that may be gone by now, or to one of its arguments, happens to nobody.
    const [, parent, name, argument] = /(\w+)\.(\w+)(?: arg (\w+))?/.exec(description) ?? [];
    const field = old.getType(parent)?.getFields?.()[name];
    return over(field) || over(field?.args?.find((one) => one.name === argument));
  };
  return [
    ...findBreakingChanges(old, now).map(({ description }) => description),
    ...(await quietBreaks(old, now)),
  ].filter((description) => !announced(description));
}

/** What breaks consumers though the form stays: fields that let fewer through, other defaults, inputs of one member. */
async function quietBreaks(old, now) {
  const { isInputObjectType, print } = await graphql();
  const found = [];
  for (const type of Object.values(old.getTypeMap())) {
    const other = now.getType(type.name);
    if (isInputObjectType(type) && other?.isOneOf && !type.isOneOf) {
      found.push(`${type.name} takes only one of its members.`);
    }
    for (const field of Object.values(type.getFields?.() ?? {})) {
      const same = other?.getFields?.()[field.name];
      if (!same) continue;
      for (const guard of tightened(guards(field, print), guards(same, print))) {
        found.push(`${type.name}.${field.name} is guarded by ${guard}.`);
      }
      const defaults = [
        [`${type.name}.${field.name}`, field, same],
        ...(field.args ?? []).map((argument) => [
          `${type.name}.${field.name} arg ${argument.name}`,
          argument,
          same.args.find(({ name }) => name === argument.name),
        ]),
      ];
      for (const [name, was, is] of defaults) {
        const [from, to] = [was, is].map((one) =>
          one?.astNode?.defaultValue ? print(one.astNode.defaultValue) : "none",
        );
        if (is && from !== to) found.push(`${name} has another default: ${to}, not ${from}.`);
      }
    }
  }
  return found;
}

// @once says what is kept of an answer, not who gets it.
const notGuards = ["deprecated", "specifiedBy", "oneOf", "once"];

const guards = (field, print) =>
  (field.astNode?.directives ?? []).filter(({ name }) => !notGuards.includes(name.value)).map((one) => print(one));

/** The guards that let fewer through than those before did. */
function tightened(before, after) {
  return after.filter((guard) => !before.some((was) => was === guard || covers(was, guard)));
}

/** Whether whoever passed the one guard passes the other. */
function covers(was, is) {
  switch (is) {
    case "@public":
      return true;
    case "@authenticated":
      return was === "@person" || was.startsWith("@staff");
    case "@staff":
      return was.startsWith("@staff(");
  }
  return false;
}

/** Announcements of which no release could be made: without a day or a replacement that is there, or with too little time. */
export async function badNotices(before, after, today) {
  const { buildSchema } = await graphql();
  const schema = buildSchema(after);
  const [old, now] = [noticesOf(buildSchema(before)), noticesOf(schema)];
  const earliest = new Date(Date.parse(today) + notice * 24 * 3600 * 1000).toISOString().slice(0, 10);
  return [...now].flatMap(([name, thing]) => {
    const day = dayOf(thing);
    if (!day) return [`${name} is deprecated without a day or a replacement.`];
    const instead = noticeOf(thing)[2];
    if (!standsIn(schema, name, instead)) return [`${name} is to be replaced by ${instead}, which is not there.`];
    // What stood there before has run since then; it may be prolonged, and not shortened.
    const was = dayOf(old.get(name));
    if (was ? day >= was : day >= earliest) return [];
    return [`${name} is to go after ${day}, which is before ${was ?? earliest}.`];
  });
}

/** Whether what is to be used instead is there to stay: `Type.member`, or a name beside what goes. */
function standsIn(schema, name, instead) {
  const [type, member, argument] = name.split(/\.| arg /);
  const [of, other] = instead.includes(".") ? instead.split(".") : [type, instead];
  const parent = schema.getType(of);
  const beside =
    argument && of === type ? parent.getFields()[member].args.find((one) => one.name === other) : undefined;
  const found = beside ?? parent?.getFields?.()[other] ?? parent?.getValue?.(other);
  return found !== undefined && found.deprecationReason == null;
}

/** Whatever is deprecated, by its name. */
function noticesOf(schema) {
  const all = Object.values(schema.getTypeMap()).flatMap((type) => [
    ...Object.values(type.getFields?.() ?? {}).flatMap((field) => [
      [`${type.name}.${field.name}`, field],
      ...(field.args ?? []).map((argument) => [`${type.name}.${field.name} arg ${argument.name}`, argument]),
    ]),
    ...(type.getValues?.() ?? []).map((value) => [`${type.name}.${value.name}`, value]),
  ]);
  return new Map(all.filter(([name, thing]) => !name.startsWith("__") && thing.deprecationReason != null));
}

const today = () => new Date().toISOString().slice(0, 10);

const promised = () => (existsSync(released) ? readFileSync(released, "utf8") : undefined);

/** Writes the contract anew, unless that breaks what was released. */
export async function writeContract() {
  // What the compiler says must be read: a resolver that no longer fits is the usual reason.
  const { status, stdout } = spawnSync("go", ["run", "./server", "schema"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 64 << 20,
  });
  if (status !== 0) fail("The schema can't be printed: the server does not build.");
  const after = `${stdout.trim()}\n`;
  const broken = await unannounced(promised() ?? after, after, today());
  if (broken.length > 0) {
    fail(
      `The schema breaks what consumers of the API rely on:\n  ${broken.join("\n  ")}\n` +
        `Announce it first: ${form}, release that, and wait for the day.`,
    );
  }
  writeFileSync(contract, after);
}

/** Makes the contract as it is the promise that later changes must keep. */
export async function release() {
  const after = readFileSync(contract, "utf8");
  const before = promised() ?? after;
  const wrong = [...(await unannounced(before, after, today())), ...(await badNotices(before, after, today()))];
  if (wrong.length > 0) {
    fail(
      `This can't be released:\n  ${wrong.join("\n  ")}\nA notice is written as ${form}, and stands for ${notice} days.`,
    );
  }
  const { parse, print, visit } = await graphql();
  // Without the descriptions: words break nobody.
  const bare = visit(parse(after), {
    enter: (node) => (node.description ? { ...node, description: undefined } : undefined),
  });
  const head = "# What consumers were promised last. `npm run generate -- --release` writes it, and nothing else may.";
  writeFileSync(released, `${head}\n${print(bare)}\n`);
}
