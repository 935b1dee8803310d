import { createContext } from "react";

/** Asks who is here for a fresh proof of identity; false when they closed the dialog. */
export type AskForProof = () => Promise<boolean>;

export const SudoContext = createContext<AskForProof>(async () => false);
