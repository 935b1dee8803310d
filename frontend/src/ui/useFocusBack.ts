import { useEffect } from "react";

/** When the calling component leaves the screen, the focus goes back to where it was when it came. */
export function useFocusBack(): void {
  useEffect(() => {
    const before = keeper(document.activeElement);
    return () => {
      if (before instanceof HTMLElement && before.isConnected) return before.focus({ preventScroll: true });
      // The act took its own button away: reading goes on at the page's content, not at the top of the window.
      document.getElementById("main")?.focus({ preventScroll: true });
    };
  }, []);
}

/** A menu closes behind what it opened: its button stands in for it. */
function keeper(element: Element | null): Element | null {
  const button = element?.closest('[role="menu"]')?.getAttribute("aria-labelledby");
  return button ? document.getElementById(button) : element;
}
