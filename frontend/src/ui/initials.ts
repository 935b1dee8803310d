/** One or two letters that stand for a name. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const first = [...(words[0] ?? "")][0] ?? "";
  const last = words.length > 1 ? ([...(words.at(-1) ?? "")][0] ?? "") : "";
  // Arabic letters join, also across the words that they stand for; the non-joiner keeps them apart.
  const between = /\p{Script=Arabic}/u.test(first) && last ? "\u200c" : "";
  return (first + between + last).toLocaleUpperCase();
}
