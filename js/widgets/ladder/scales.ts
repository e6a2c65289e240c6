/** From values to pixels. */
export interface Scale {
  at: (value: number) => number;
  low: number;
  high: number;
}

/** Evenly spaced round numbers that enclose a range, of those with three to six the closest. */
export function roundLevels(low: number, high: number): number[] {
  const span = Math.max(high - low, 1e-6 * Math.max(Math.abs(high), 1e-3));
  const power = Math.floor(Math.log10(span));
  let best: number[] = [];
  const width = (levels: number[]) => (levels.at(-1) as number) - levels[0];
  for (let p = power - 1; p <= power + 1; p++) {
    for (const digit of [1, 2, 2.5, 5]) {
      const step = digit * 10 ** p;
      const first = Math.floor(low / step + 1e-9);
      const last = Math.ceil(high / step - 1e-9);
      if (last - first < 2 || last - first > 5) continue;
      const found = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
      if (!best.length || width(found) < width(best) - 1e-9 * span) best = found;
    }
  }
  return best.length ? best : [low - span / 2, low, low + span / 2];
}

/** Logarithmic from the first to the last value, or of log(1 + value) where one is 0. */
export function across(values: number[], start: number, end: number): Scale {
  let [low, high] = [Math.min(...values), Math.max(...values)];
  const even = low > 0 ? Math.log : Math.log1p;
  // a single place lies in the middle
  if (low === high) [low, high] = low > 0 ? [low / 2, high * 2] : [low - 0.5, high + 0.5];
  const [from, to] = [even(low), even(high)];
  const at = (value: number) => start + ((end - start) * (even(value) - from)) / (to - from);
  return { at, low, high };
}

export function upwards(levels: number[], bottom: number, top: number): Scale {
  const [low, high] = [levels[0], levels.at(-1) as number];
  const at = (value: number) => bottom - ((bottom - top) * (value - low)) / (high - low);
  return { at, low, high };
}

export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export type Point = [number, number];

const GAP = 12;
const TALL = 14;

const meets = (box: Box, other: Box): boolean =>
  box.left < other.right + 4 &&
  other.left < box.right + 4 &&
  box.top < other.bottom + 1 &&
  other.top < box.bottom + 1;

/** Points every few pixels along a line. */
export function along(path: Point[]): Point[] {
  return path.flatMap(([x, y], i) => {
    const next = path[i + 1];
    if (!next) return [[x, y] as Point];
    const steps = Math.max(1, Math.ceil(Math.hypot(next[0] - x, next[1] - y) / 4));
    return Array.from(
      { length: steps },
      (_, s) => [x + ((next[0] - x) * s) / steps, y + ((next[1] - y) * s) / steps] as Point
    );
  });
}

/**
 * Where the name of each line begins: by its end, on no other name, and on as little else as can
 * be. `inside` bounds all names; `taken` is kept free.
 */
export function placeNames(
  paths: Point[][],
  widths: number[],
  inside: Box,
  taken: Box[] = []
): Point[] {
  const dots = paths.flatMap(along);
  const boxes = [...taken];
  const placed: Point[] = paths.map(() => [0, 0]);
  const order = paths.map((_, k) => k).filter((k) => paths[k].length);
  order.sort((a, b) => (paths[b].at(-1) as Point)[0] - (paths[a].at(-1) as Point)[0]);
  for (const k of order) {
    const [end, level] = paths[k].at(-1) as Point;
    const wide = widths[k];
    let best = Number.POSITIVE_INFINITY;
    let box: Box | null = null;
    for (const left of [end + GAP, end - wide / 2, end - wide]) {
      for (let down = -160; down <= 160; down += 2) {
        const middle = level + down;
        const tried = {
          left,
          right: left + wide,
          top: middle - TALL / 2,
          bottom: middle + TALL / 2
        };
        if (tried.left < inside.left || tried.right > inside.right) continue;
        if (tried.top < inside.top || tried.bottom > inside.bottom) continue;
        if (boxes.some((other) => meets(tried, other))) continue;
        const crossed = dots.filter(
          ([x, y]) =>
            x > tried.left - 4 && x < tried.right + 4 && y > tried.top - 2 && y < tried.bottom + 2
        ).length;
        const cost = 12 * Math.min(crossed, 12) + Math.abs(down) + (left > end ? 0 : 24);
        if (cost < best) [best, box] = [cost, tried];
      }
    }
    box ??= {
      left: Math.min(end + GAP, inside.right - wide),
      right: Math.min(end + GAP + wide, inside.right),
      top: level - TALL / 2,
      bottom: level + TALL / 2
    };
    boxes.push(box);
    placed[k] = [box.left, (box.top + box.bottom) / 2];
  }
  return placed;
}
