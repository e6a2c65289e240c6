import { s } from '../../shared/dom';
import type { Measure as Ruler } from '../../shared/text';
import { type Measure, write } from './rungs';
import { along, type Box, type Point, type Scale } from './scales';

/** The least share of the height that the rungs themselves keep. */
const LEAST = 0.42;
const TALL = 14;

/**
 * Round numbers that enclose all rungs, and all baselines that do not press them together: of
 * others it is said at the edge how far away they are.
 */
export function range(measure: Measure, round: (low: number, high: number) => number[]): number[] {
  const finite = measure.values
    .flatMap(({ value, low, high }) => [value, low, high])
    .filter(Number.isFinite);
  let [low, high] = finite.length ? [Math.min(...finite), Math.max(...finite)] : [0, 1];
  const own = high - low || Math.abs(high) || 1;
  const away = (v: number) => Math.max(low - v, v - high, 0);
  const beside = measure.baselines.map((b) => b.value).filter(Number.isFinite);
  for (const value of beside.sort((a, b) => away(a) - away(b))) {
    const [from, to] = [Math.min(low, value), Math.max(high, value)];
    if (own / (to - from) >= LEAST) [low, high] = [from, to];
  }
  return round(low, high);
}

interface Label {
  box: Box;
  text: SVGTextElement;
  /** Where its line is drawn; null of one that lies outside the plot. */
  line: number | null;
}

/** Names of the baselines on or under their lines, at whichever end less is in the way. */
export function baselineLabels(
  measure: Measure,
  y: Scale,
  inside: Box,
  paths: Point[][],
  ruler: Ruler,
  narrow: boolean
): Label[] {
  const taken: Box[] = [];
  const dots = paths.flatMap(along);
  const lines = measure.baselines.map((b) => y.at(b.value)).filter(Number.isFinite);
  return measure.baselines
    .filter((b) => Number.isFinite(b.value))
    .sort((a, b) => b.value - a.value)
    .map((baseline) => {
      const out = baseline.value > y.high + 1e-9 ? 1 : baseline.value < y.low - 1e-9 ? -1 : 0;
      const arrow = out > 0 ? '↑ ' : out < 0 ? '↓ ' : '';
      // where there is little room, the axis says how much it is
      const figure = narrow && !out ? '' : ` ${write(measure, baseline.value)}`;
      const said = `${arrow}${baseline.name}${figure}`;
      const wide = ruler(said);
      const level = out > 0 ? inside.top : out < 0 ? inside.bottom : y.at(baseline.value);
      const line = out ? null : Math.round(level) + 0.5;
      const box = freest(level, wide, inside, taken, dots, lines);
      taken.push(box);
      const text = s('text', { class: 'beside', x: box.left, y: box.bottom - 3 }, said);
      return { box, text, line };
    });
}

function freest(
  level: number,
  wide: number,
  inside: Box,
  taken: Box[],
  dots: Point[],
  lines: number[]
): Box {
  let best: Box | null = null;
  let least = Number.POSITIVE_INFINITY;
  const end = Math.max(inside.left + 4, inside.right - wide - 4);
  for (let left = inside.left + 4; left <= end; left += 8) {
    // just under the line or just above it
    for (const down of [2, 4, -TALL - 2, -TALL - 4, TALL + 2, -2 * TALL - 2]) {
      const top = level + down;
      const box = { left, right: left + wide, top, bottom: top + TALL };
      if (box.top < inside.top - 1 || box.bottom > inside.bottom + 1) continue;
      const crowded = taken.some(
        (o) => o.left < box.right && left < o.right && o.top < box.bottom && top < o.bottom
      );
      if (crowded) continue;
      const near = dots.filter(
        ([x, y]) => x > left - 8 && x < box.right + 8 && y > top - 6 && y < box.bottom + 6
      ).length;
      const struck = lines.filter((at) => at > top && at < box.bottom).length;
      const far = Math.min(Math.abs(down), Math.abs(down + TALL));
      const cost = 10 * near + 60 * struck + 3 * far + (left - inside.left) / 100;
      if (cost < least) [least, best] = [cost, box];
    }
  }
  const top = Math.min(Math.max(level - TALL, inside.top), inside.bottom - TALL);
  return best ?? { left: inside.left + 4, right: inside.left + 4 + wide, top, bottom: top + TALL };
}
