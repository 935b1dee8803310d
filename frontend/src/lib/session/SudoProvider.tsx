import { type ReactNode, useCallback, useRef, useState } from "react";
import { SudoDialog } from "./SudoDialog";
import { SudoContext } from "./sudo";

/** Lets every act below ask for a fresh proof of identity. Acts that ask at the same time share one dialog. */
export function SudoProvider({ children }: { children: ReactNode }) {
  const [opened, setOpened] = useState(false);
  const waiting = useRef<((proven: boolean) => void)[]>([]);
  const ask = useCallback(
    () =>
      new Promise<boolean>((resolve) => {
        waiting.current.push(resolve);
        setOpened(true);
      }),
    [],
  );
  const answer = (proven: boolean) => {
    setOpened(false);
    for (const resolve of waiting.current.splice(0)) resolve(proven);
  };
  return (
    <SudoContext value={ask}>
      {children}
      {opened && <SudoDialog onProven={() => answer(true)} onClose={() => answer(false)} />}
    </SudoContext>
  );
}
