import { expect, test } from "vitest";
import { initials } from "./initials";

test.each([
  ["Ada Admin", "AA"],
  ["maría de la cruz", "MC"],
  ["Ada", "A"],
  ["", ""],
  ["ليلى حداد", "ل\u200cح"],
  ["ليلى", "ل"],
])("%j is %s", (name, letters) => {
  expect(initials(name)).toBe(letters);
});
