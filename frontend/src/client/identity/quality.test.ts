import { expect, test } from "vitest";
import { type Grey, judge, sharpness } from "./quality";

const picture = (value: (x: number, y: number) => number, width = 64, height = 48): Grey => ({
  width,
  height,
  values: Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width))),
});

/** Fields of eight pixels, as sharp as can be. */
const print = picture((x, y) => ((Math.floor(x / 8) + Math.floor(y / 8)) % 2 ? 40 : 220));
/** The same brightness, without an edge. */
const fog = picture((x) => 100 + x);

test.each([
  ["what is large, lit and sharp", 1600, 1200, print, []],
  ["599 pixels on the shorter side", 599, 1200, print, ["SMALL"]],
  ["600 pixels", 1200, 600, print, []],
  ["no edge", 1600, 1200, fog, ["BLURRED"]],
  ["night", 1600, 1200, picture(() => 20), ["DARK"]],
  ["glare", 1600, 1200, picture(() => 250), ["BRIGHT"]],
  ["small and dark", 320, 240, picture(() => 20), ["SMALL", "DARK"]],
])("%s", (_, width, height, grey, hints) => expect(judge(width, height, grey)).toEqual(hints));

/** As print would be, had the lens softened it over so many pixels. */
const soft = (over: number) => {
  const wave = (at: number) => Math.max(-1, Math.min(1, (4 - Math.abs((at % 16) - 8)) / (over / 2)));
  return picture((x, y) => 130 + 90 * wave(x) * wave(y));
};

test("sharpness falls as edges soften, and a plane has none", () => {
  expect(sharpness(picture(() => 128))).toBe(0);
  expect(sharpness(fog)).toBe(0);
  expect(sharpness(print)).toBe(1);
  const [crisp, hazy, blurred] = [2, 4, 8].map((over) => sharpness(soft(over))) as [number, number, number];
  expect(crisp).toBeGreaterThan(hazy);
  expect(hazy).toBeGreaterThan(blurred);
  expect(judge(1600, 1200, soft(2))).toEqual([]);
  expect(judge(1600, 1200, soft(8))).toEqual(["BLURRED"]);
});

test("neither a dim light nor its noise makes print blurred, or sharpens what is", () => {
  let seed = 1;
  const noise = () => {
    // Numerical Recipes, "quick and dirty": the same noise each time.
    seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return (seed / 2 ** 32 - 0.5) * 16;
  };
  const dim = ({ values, ...size }: Grey): Grey => ({
    ...size,
    values: Array.from(values, (v) => 60 + v / 3 + noise()),
  });
  expect(judge(1600, 1200, dim(print))).toEqual([]);
  expect(judge(1600, 1200, dim(soft(8)))).toEqual(["BLURRED"]);
  expect(judge(1600, 1200, dim(picture(() => 128)))).toEqual(["BLURRED"]);
});

test("what moved is blurred, though only across", () => {
  const moved = picture((x, y) => 130 + ((Math.floor(y / 8) % 2) * 2 - 1) * 80 * Math.sin(x / 6));
  expect(judge(1600, 1200, moved)).toEqual(["BLURRED"]);
});
