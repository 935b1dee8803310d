import type { Icon } from "@tabler/icons-react";
import { createContext, type ReactNode, use, useCallback, useEffect, useState } from "react";

/** Something that the command palette can do. */
export interface Command {
  id: string;
  /** What it does, in words; also what the search looks through. */
  label: string;
  /** The heading under which it stands. */
  group: string;
  icon?: Icon;
  /** More words under which it is found. */
  words?: string;
  run: () => void;
}

type Add = (commands: readonly Command[]) => () => void;

// Two contexts: who offers commands does not render again when others do.
const AddContext = createContext<Add>(() => () => {});
const OfferedContext = createContext<readonly Command[]>([]);

/** Collects the commands of all that is on the screen. */
export function CommandsProvider({ children }: { children: ReactNode }) {
  const [sets, setSets] = useState<readonly (readonly Command[])[]>([]);
  const add = useCallback<Add>((commands) => {
    setSets((old) => [...old, commands]);
    return () => setSets((old) => old.filter((set) => set !== commands));
  }, []);
  return (
    <AddContext value={add}>
      <OfferedContext value={sets.flat()}>{children}</OfferedContext>
    </AddContext>
  );
}

/** Offers commands while the calling component is on the screen. Memoise the list. */
export function useCommands(commands: readonly Command[]): void {
  const add = use(AddContext);
  useEffect(() => add(commands), [add, commands]);
}

/** All that is offered at present. */
export function useOfferedCommands(): readonly Command[] {
  return use(OfferedContext);
}
