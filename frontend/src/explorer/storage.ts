/**
 * Where GraphiQL keeps operations, variables and its history: in memory, gone with the page. Variables may hold
 * passwords and people's addresses, and web storage would keep them after the sign-out (security.md #16).
 */
export function memoryStorage() {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
    clear: () => kept.clear(),
  };
}
