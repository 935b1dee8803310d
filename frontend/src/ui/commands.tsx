import type { Icon } from "@tabler/icons-react";
import { createContext, type ReactNode, use, useEffect, useMemo, useRef, useState } from "react";

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

interface Registry {
  commands: readonly Command[];
  add: (commands: readonly Command[]) => () => void;
}

const CommandsContext = createContext<Registry>({ commands: [], add: () => () => {} });

/** Collects the commands of all that is on the screen. */
export function CommandsProvider({ children }: { children: ReactNode }) {
  const [sets, setSets] = useState<readonly (readonly Command[])[]>([]);
  const registry = useMemo<Registry>(
    () => ({
      commands: sets.flat(),
      add: (commands) => {
        setSets((old) => [...old, commands]);
        return () => setSets((old) => old.filter((set) => set !== commands));
      },
    }),
    [sets],
  );
  return <CommandsContext value={registry}>{children}</CommandsContext>;
}

/** Offers commands while the calling component is on the screen. Memoise the list. */
export function useCommands(commands: readonly Command[]): void {
  const { add } = use(CommandsContext);
  const latest = useRef(add);
  latest.current = add;
  useEffect(() => latest.current(commands), [commands]);
}

/** All that is offered at present. */
export function useOfferedCommands(): readonly Command[] {
  return use(CommandsContext).commands;
}
