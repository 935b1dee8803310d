import { createContext, use } from "react";
import type { Samples } from "./examples";
import type { Who } from "./identity";

/** What all parts of the explorer share. */
export interface Session {
  samples: Samples;
  /** Whom requests act as; undefined while a token is wanted and none was given. */
  acting?: { who: Who; token?: string };
}

export const SessionContext = createContext<Session | null>(null);

export function useExplorerSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error("useExplorerSession is used outside Explorer");
  return session;
}
