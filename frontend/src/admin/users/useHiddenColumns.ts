import { useLocalStorage } from "@mantine/hooks";

const atFirst = ["verified", "language", "state", "created", "verification"];

/** Which columns are hidden, on this device. */
export function useHiddenColumns(): [hidden: string[], set: (hidden: string[]) => void, reset: () => void] {
  const [hidden, setHidden, remove] = useLocalStorage<string[]>({
    key: "roster.users.hidden",
    defaultValue: atFirst,
    getInitialValueInEffect: false,
    deserialize: read,
  });
  return [hidden, setHidden, remove];
}

// Anybody may have written there.
function read(text: string | undefined): string[] {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return Array.isArray(value) ? value.filter((id) => typeof id === "string") : atFirst;
  } catch {
    return atFirst;
  }
}
