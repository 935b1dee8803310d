/** What may keep a picture from being accepted. It is for whoever took it to judge. */
export type Hint = "SMALL" | "DARK" | "BRIGHT" | "BLURRED";

/** The shorter side in pixels below which print can't be read any more. */
const leastSide = 600;

// Of 255, as means over the picture. A page that was scanned is brighter than any that was photographed well.
const darkBelow = 50;
const brightAbove = 235;

/** The long side in pixels at which sharpness is measured, for it depends on the scale. */
const measuredSide = 800;

/**
 * How steep the strongest edges must be. Drawn cards and faces had 0.59 and more, by daylight as by a dim light with its
 * noise. Once print was hard to read they had 0.29 and less by daylight; by the dim light, only when it was past reading.
 */
const blurredBelow = 0.35;

/** The part of a picture in which its strongest edges are. */
const strongest = 0.01;

/** As far as one edge is followed, in pixels. */
const reach = 8;

/** Of 255: what rises less is noise, or a shade. */
const leastRise = 24;

/** How bright each pixel is, from 0 to 255, row by row. */
export interface Grey {
  width: number;
  height: number;
  values: ArrayLike<number>;
}

/** Judges a picture by its size and its grey values. */
export function judge(width: number, height: number, grey: Grey): Hint[] {
  const hints: Hint[] = [];
  if (Math.min(width, height) < leastSide) hints.push("SMALL");
  const mean = meanOf(grey.values);
  if (mean < darkBelow) hints.push("DARK");
  else if (mean > brightAbove) hints.push("BRIGHT");
  // What is too dark or too bright has no edges either; to say both would send people after the wrong one.
  else if (sharpness(grey) < blurredBelow) hints.push("BLURRED");
  return hints;
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return sum / values.length;
}

/**
 * How steep the strongest edges are, across or down, whichever is less: the part of their rise that lies between two pixels,
 * from 0 to 1. Where there are no edges it is 0. Contrast does not count, and noise hardly; both would where derivatives of
 * the whole picture are summed up. After P. Marziliano et al., "A no-reference perceptual blur metric", ICIP 2002.
 */
export function sharpness({ width, height, values }: Grey): number {
  return Math.min(
    steepness(values, { lines: height, apart: width, length: width, step: 1 }),
    steepness(values, { lines: width, apart: 1, length: height, step: width }),
  );
}

/** One way through a picture: so many lines, that many values apart, each so long, in such steps. */
interface Way {
  lines: number;
  apart: number;
  length: number;
  step: number;
}

function steepness(values: ArrayLike<number>, { lines, apart, length, step }: Way): number {
  const edges: Edge[] = [];
  let looked = 0;
  for (let line = 0; line < lines; line++) {
    for (let from = 0; from + reach < length; from += reach / 2) {
      looked++;
      const edge = edgeAt(values, line * apart + from * step, step);
      if (edge.rise >= leastRise) edges.push(edge);
    }
  }
  const wanted = Math.max(1, Math.round(looked * strongest));
  if (edges.length < wanted) return 0;
  edges.sort((a, b) => b.rise - a.rise);
  let sum = 0;
  for (const { rise, steepest } of edges.slice(0, wanted)) sum += steepest / rise;
  return sum / wanted;
}

/** How much brighter it is in one place than in another, and how much of it lies between two neighbours at most. */
interface Edge {
  rise: number;
  steepest: number;
}

function edgeAt(values: ArrayLike<number>, from: number, step: number): Edge {
  let before = values[from] ?? 0;
  let [least, most, steepest] = [before, before, 0];
  for (let i = 1; i <= reach; i++) {
    const value = values[from + i * step] ?? 0;
    least = Math.min(least, value);
    most = Math.max(most, value);
    steepest = Math.max(steepest, Math.abs(value - before));
    before = value;
  }
  return { rise: most - least, steepest };
}

/** Looks at a picture as the browser shows it; what it can't show gets no hints. */
export async function look(picture: Blob): Promise<Hint[]> {
  if (!picture.type.startsWith("image/")) return [];
  try {
    const bitmap = await createImageBitmap(picture);
    const { width, height } = bitmap;
    const grey = greyOf(bitmap);
    bitmap.close();
    return judge(width, height, grey);
  } catch {
    return [];
  }
}

function greyOf(bitmap: ImageBitmap): Grey {
  const scale = Math.min(1, measuredSide / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("there is no canvas");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const values = new Uint8Array(width * height);
  for (let i = 0; i < values.length; i++) {
    // ITU-R BT.601.
    values[i] = 0.299 * (data[4 * i] ?? 0) + 0.587 * (data[4 * i + 1] ?? 0) + 0.114 * (data[4 * i + 2] ?? 0);
  }
  return { width, height, values };
}
