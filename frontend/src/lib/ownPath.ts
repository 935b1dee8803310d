/**
 * The path to go on to after sign-in, or undefined when it is not one of ours. An address from outside must not lead
 * outside (security.md #55): no host, no userinfo, no backslash, no control character.
 */
export function ownPath(value: unknown): string | undefined {
  if (typeof value !== "string" || !value.startsWith("/") || value.startsWith("//")) return undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\\\u0000-\u001f\u007f-\u009f]/.test(value) || value.length > 2000) return undefined;
  const url = new URL(value, "https://own.invalid");
  if (url.host !== "own.invalid" || url.username || url.pathname.startsWith("//")) return undefined;
  return url.pathname + url.search + url.hash;
}
