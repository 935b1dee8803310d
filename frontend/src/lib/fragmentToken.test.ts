import { renderHook } from "@testing-library/react";
import { expect, test } from "vitest";
import { takeFragmentToken, useFragmentToken } from "./fragmentToken";

test("the token leaves the address bar and is kept for its page only", () => {
  window.history.replaceState({ mark: 1 }, "", "/reset?from=mail#rst_abc");
  takeFragmentToken();
  expect(window.location.href).toMatch(/\/reset\?from=mail$/);
  expect(window.history.state).toEqual({ mark: 1 });
  expect(renderHook(() => useFragmentToken("/reset")).result.current).toBe("rst_abc");
  expect(renderHook(() => useFragmentToken("/set-up")).result.current).toBeUndefined();
});

test("other pages keep their fragment", () => {
  window.history.replaceState(null, "", "/account#accounts");
  takeFragmentToken();
  expect(window.location.hash).toBe("#accounts");
});
