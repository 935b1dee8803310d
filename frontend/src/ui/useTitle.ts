import { useEffect } from "react";

/** Names the page in tab and history. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Roster` : "Roster";
  }, [title]);
}
