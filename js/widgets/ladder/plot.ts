import { colour, s } from '../../shared/dom';
import { number, percent } from '../../shared/format';
import { measurer } from '../../shared/text';
import { baselineLabels, range } from './baselines';
import { type Measure, type Rung, type Rungs, spoken } from './rungs';
import {
  across,
  type Box,
  type Point,
  placeNames,
  roundLevels,
  type Scale,
  upwards
} from './scales';

// Colours of lines, by their place among those of classes: those told apart best.
const INKS = [0, 1, 2, 3, 5];
const TOP = 22;
const BOTTOM = 26;
const INSET = 14;
/** From the last point to the end of the axis: its name begins behind that. */
const AFTER = 8;
/** Below this width there is room for less. */
export const NARROW = 480;
/** Two names of ticks are at least this far apart. */
const APART = 30;

export const ink = (family: number): string => colour(INKS[family % INKS.length]);

/** The second cue besides colour: another shape for each family, about the middle (0, 0). */
export function shape(family: number, r: number): string {
  const shapes = [
    () => `M${-r} 0A${r} ${r} 0 1 1 ${r} 0A${r} ${r} 0 1 1 ${-r} 0Z`,
    () => polygon([-1, -1, 1, -1, 1, 1, -1, 1], 0.9 * r),
    () => polygon([0, -1.25, 1.15, 0.75, -1.15, 0.75], r),
    () => polygon([0, -1.3, 1.3, 0, 0, 1.3, -1.3, 0], r),
    () => polygon([0, 1.25, 1.15, -0.75, -1.15, -0.75], r)
  ];
  return shapes[family % shapes.length]();
}

function polygon(corners: number[], r: number): string {
  const points: string[] = [];
  for (let i = 0; i < corners.length; i += 2) {
    points.push(`${(corners[i] * r).toFixed(2)} ${(corners[i + 1] * r).toFixed(2)}`);
  }
  return `M${points.join('L')}Z`;
}

export interface Plot {
  svg: SVGSVGElement;
  /** Where each rung lies; NaN upwards where it has no figure. */
  places: Point[];
  points: SVGGElement[];
  /** Where the axis across ends. */
  right: number;
}

export interface Shown {
  rungs: Rungs;
  measure: Measure;
  /** Places in the ladder of the chosen rung, and of the one that Tab reaches. */
  chosen: number;
  tab: number;
}

/** The whole chart at a width in pixels. */
export function plot(shown: Shown, width: number, host: Element): Plot {
  const { rungs, measure } = shown;
  const small = measurer(host, 12);
  const bold = measurer(host, 12, 600);
  const height = width < NARROW ? 272 : 340;
  const levels = range(measure, roundLevels);
  const ticks = levels.map((level) => tick(measure, level, levels));
  const left = Math.ceil(Math.max(...ticks.map(small))) + 10;
  const widths = rungs.families.map((name) => Math.ceil(bold(name)) + 2);
  const right = width - (Math.max(...widths) + 8);
  const floor = height - BOTTOM;
  const y = upwards(levels, floor, TOP);
  const xs = rungs.all.map((rung) => rung.x);
  const x = across(xs, left + INSET, right - AFTER);
  const places = rungs.all.map(
    (rung): Point => [x.at(rung.x), y.at(measure.values[rung.index].value)]
  );
  const seen = (rung: Rung) => Number.isFinite(places[rung.index][1]);
  const paths = rungs.lines.map((line) => line.filter(seen).map((rung) => places[rung.index]));
  const inside: Box = { left, right: width, top: 2, bottom: floor };

  const grid = s('g', { class: 'axes', 'aria-hidden': 'true' });
  levels.forEach((level, i) => {
    const at = Math.round(y.at(level)) + 0.5;
    grid.append(
      s('path', { class: 'grid', d: `M${left} ${at}H${right}` }),
      s('text', { x: left - 8, y: at + 4, 'text-anchor': 'end' }, ticks[i])
    );
  });
  grid.append(...bottomTicks(rungs.ticks, x, floor));

  const labels = baselineLabels(measure, y, { ...inside, right }, paths, small, width < NARROW);
  const lines = s('g', { 'aria-hidden': 'true' });
  for (const { line, text } of labels) {
    if (line !== null)
      grid.append(s('path', { class: 'baseline', d: `M${left} ${line}H${right}` }));
    lines.append(text);
  }
  const names = placeNames(
    paths,
    widths,
    inside,
    labels.map(({ box }) => box)
  );
  const chosenFamily = rungs.all[shown.chosen]?.family;
  const order = rungs.lines.map((_, k) => k);
  // the chosen family comes last, so that it lies above the others
  order.sort((a, b) => Number(a === chosenFamily) - Number(b === chosenFamily));
  for (const k of order) {
    const strong = k === chosenFamily ? ' strong' : '';
    for (const rung of rungs.lines[k]) {
      const { low, high } = measure.values[rung.index];
      if (!seen(rung) || !Number.isFinite(low) || !Number.isFinite(high)) continue;
      const at = places[rung.index][0].toFixed(1);
      const d = `M${at} ${y.at(low).toFixed(1)}V${y.at(high).toFixed(1)}`;
      lines.append(
        s('path', { class: `whisker${strong}`, 'data-of': rung.index, d, stroke: ink(k) })
      );
    }
    const d = paths[k].map((point) => point.map((v) => v.toFixed(1)).join(' ')).join('L');
    if (paths[k].length > 1) {
      lines.append(s('path', { class: `line${strong}`, d: `M${d}`, stroke: ink(k) }));
    }
  }
  rungs.families.forEach((name, k) => {
    if (!paths[k].length) return;
    const [at, middle] = names[k];
    lines.append(
      s('text', { class: 'name', x: at, y: middle + 4, style: `--ink:${ink(k)}` }, name)
    );
  });

  const list = s('g', { role: 'listbox', 'aria-label': 'Students that were piloted' });
  const points: SVGGElement[] = [];
  for (const k of order) {
    for (const rung of rungs.lines[k]) {
      points[rung.index] = point(shown, rung, places[rung.index]);
      if (seen(rung)) list.append(points[rung.index]);
    }
  }
  const svg = s(
    'svg',
    { class: 'plot', width, height, viewBox: `0 0 ${width} ${height}` },
    grid,
    lines,
    list
  );
  return { svg, places, points, right };
}

function bottomTicks(ticks: number[], x: Scale, floor: number): SVGElement[] {
  let last = Number.NEGATIVE_INFINITY;
  const shown: SVGElement[] = [];
  for (const value of ticks) {
    const at = x.at(value);
    if (at - last < APART || value < x.low || value > x.high) continue;
    last = at;
    const text = s('text', { x: at, y: floor + 18, 'text-anchor': 'middle' }, number(value));
    shown.push(s('path', { class: 'tick', d: `M${at.toFixed(1)} ${floor}v4` }), text);
  }
  return shown;
}

/** Round numbers of an axis, with as many decimals as tell its steps apart. */
function tick(measure: Measure, level: number, levels: number[]): string {
  const step = (levels[1] - levels[0]) * (measure.share ? 100 : 1);
  const digits = Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9)));
  const short = Number((step * 10 ** digits).toFixed(6)) % 1 ? digits + 1 : digits;
  // a sum of steps may miss 0 and 1 by a hair
  const exact = Number(level.toFixed(12));
  return measure.share ? percent(exact, short) : exact.toFixed(short);
}

function point(shown: Shown, rung: Rung, [x, y]: Point): SVGGElement {
  const { rungs, measure } = shown;
  const chosen = rung.index === shown.chosen;
  const group = s('g', {
    class: `point${rung.knee ? ' knee' : ''}${chosen ? ' chosen' : ''}`,
    role: 'option',
    id: `rung-${rung.index}`,
    tabindex: rung.index === shown.tab ? 0 : -1,
    'aria-selected': String(chosen),
    'aria-label': spoken(rungs, measure, rung, chosen),
    'data-rung': rung.index,
    transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
    style: `--ink:${ink(rung.family)}`
  });
  const r = chosen ? 4.5 : 4;
  group.append(s('circle', { class: 'halo', r: 12 }));
  if (chosen) group.append(s('circle', { class: 'ring', r: 9 }));
  group.append(s('path', { class: 'marker', d: shape(rung.family, r) }));
  return group;
}
