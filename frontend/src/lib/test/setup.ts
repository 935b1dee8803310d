import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

afterEach(cleanup);

// The first test of a file also loads the pages, on a machine that is busy with other files.
configure({ asyncUtilTimeout: 20_000 });

// jsdom lays nothing out; Mantine asks for what it lacks.
window.matchMedia ??= (query: string) =>
  ({
    matches: false,
    media: query,
    onchange: null,
    addEventListener: () => {},
    removeEventListener: () => {},
    addListener: () => {},
    removeListener: () => {},
    dispatchEvent: () => false,
  }) as MediaQueryList;

window.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

// All is in sight, as soon as somebody asks.
window.IntersectionObserver ??= class {
  constructor(private readonly tell: (entries: { isIntersecting: boolean }[]) => void) {}
  observe() {
    queueMicrotask(() => this.tell([{ isIntersecting: true }]));
  }
  unobserve() {}
  disconnect() {}
} as unknown as typeof IntersectionObserver;

window.scrollTo = () => {};

Element.prototype.scrollIntoView ??= () => {};

// A screenful, so that virtual lists have rows.
Object.defineProperties(HTMLElement.prototype, {
  clientWidth: { configurable: true, get: () => 1200 },
  clientHeight: { configurable: true, get: () => 800 },
});

// Within that screenful: what has no place counts as scrolled out of sight, and a menu that hangs on it is hidden as
// soon as its position has been worked out, which is before or after a test looks.
Element.prototype.getBoundingClientRect = () => new DOMRect(100, 100, 200, 40);
