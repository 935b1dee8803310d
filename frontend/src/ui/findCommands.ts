import type { Command } from "./commands";

const plain = (text: string) => text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLocaleLowerCase();

/** The commands in which every typed word begins some word, those that begin with it first. Without words: all. */
export function findCommands(commands: readonly Command[], typed: string): readonly Command[] {
  const words = plain(typed).split(/\s+/u).filter(Boolean);
  const [first = ""] = words;
  const hits = commands.filter(({ label, group, words: more = "" }) => {
    const own = plain(`${label} ${group} ${more}`).split(/[^\p{L}\p{N}]+/u);
    return words.every((word) => own.some((one) => one.startsWith(word)));
  });
  const rank = (command: Command) => (plain(command.label).startsWith(first) ? 0 : 1);
  return first ? hits.toSorted((a, b) => rank(a) - rank(b)) : hits;
}
