import { h, KEYS, listen, s, stepOf } from '../../shared/dom';
import { count, number, percent } from '../../shared/format';
import { inside, levels, type Scale, scale } from './axis';
import { column, type Overlay, type Term } from './data';
import { diamond, dot, ink } from './marks';
import { read, signed, stretch } from './words';

export interface Shown {
  term: Term;
  overlay: Overlay | null;
  j: number;
  of: number;
  /** The chosen row's value; null: it is missing; undefined: there is no row. */
  at: number | null | undefined;
}

const LEFT = 52;
const RIGHT = 24;
const TOP = 10;
const TALL = 220;
const GAP = 10;
const STRIP = 36;
const BELOW = 22;
const MISSING = 76;

interface Stop {
  /** null: the value is missing. */
  x: number | null;
  text: string;
}

/** A curve over the values of a column, with the density of the rows beneath it. */
export function makePlot(signal: AbortSignal, say: (text: string) => void) {
  const svg = s('svg', { 'aria-hidden': 'true' });
  const hair = s('path', { class: 'hair' });
  const element = h(
    'div',
    { class: 'plot', role: 'slider', tabindex: 0, 'aria-orientation': 'horizontal', ...KEYS },
    svg
  );
  let shown: Shown | null = null;
  let stops: Stop[] = [];
  let now = -1;
  let x: Scale = scale(0, 1, 0, 1);
  let width = 640;

  const right = () => width - RIGHT - (shown?.term.missing ? MISSING : 0);
  const place = (value: number | null) => (value === null ? width - MISSING / 2 : x(value));

  const mark = (stop: number) => {
    now = stop;
    const { x: value, text } = stops[stop] ?? { x: null, text: '' };
    const visible = stop >= 0 && stop < stops.length;
    hair.setAttribute('d', visible ? `M${place(value).toFixed(1)} ${TOP}v${TALL}` : '');
    element.setAttribute('aria-valuenow', String(Math.max(stop, 0)));
    element.setAttribute('aria-valuetext', visible ? text : (stops[0]?.text ?? ''));
    say(visible ? text : '');
  };

  const draw = (next: Shown) => {
    const same = shown?.term === next.term;
    shown = next;
    width = Math.max(element.clientWidth || 640, 240);
    const { term, overlay, j, of } = next;
    const student = column(term.scores, j, of);
    const [first, last] = [term.edges[0], term.edges[term.edges.length - 1]];
    const [low, high] = first < last ? [first, last] : [first - 0.5, last + 0.5];
    const lost = term.missing ? term.missing.scores[j] : null;
    const all = [0, ...student, ...(overlay?.scores ?? [])];
    for (const value of [lost, overlay?.missing ?? null]) if (value !== null) all.push(value);
    const ticks = levels(Math.min(...all), Math.max(...all));
    x = scale(low, high, LEFT, right());
    const y = scale(ticks[0], ticks.at(-1) as number, TOP + TALL, TOP);
    const height = TOP + TALL + GAP + STRIP + BELOW;
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    svg.setAttribute('width', String(width));
    svg.setAttribute('height', String(height));
    const fill = ink(j, of);
    svg.replaceChildren(
      ...grid(ticks, y, right()),
      ...strip(term, x, low, high),
      ...below(low, high, x, right()),
      ...(next.at === undefined ? [] : [rowLine(place(next.at))]),
      hair,
      s('path', { class: 'student-line', d: path(term, student, x, y), style: `stroke:${fill}` })
    );
    if (overlay?.scores.length) {
      const points = overlay.values.map((v, i) => [x(v), y(overlay.scores[i])]);
      const d = points.map(([a, b]) => `${a.toFixed(1)} ${b.toFixed(1)}`).join('L');
      svg.append(
        s('path', { class: 'teacher-line', d: `M${d}` }),
        ...points.map(([a, b]) => diamond(a, b))
      );
    }
    if (term.missing && lost !== null) {
      const middle = width - MISSING / 2;
      const rows = term.missing.rows === null ? '' : `, ${count(term.missing.rows)}`;
      svg.append(
        s('path', { class: 'level zero', d: `M${width - MISSING + 6} ${y(0)}H${width - 6}` }),
        dot(middle + 7, y(lost), fill),
        label(`missing${rows}`, middle, TOP + TALL + GAP + STRIP + 16, 'middle')
      );
      if (overlay && overlay.missing !== null) svg.append(diamond(middle - 7, y(overlay.missing)));
    }
    stops = stopsOf(next, student, low, high);
    element.setAttribute('aria-label', `What ${term.name} adds, value by value`);
    element.setAttribute('aria-valuemin', '0');
    element.setAttribute('aria-valuemax', String(Math.max(stops.length - 1, 0)));
    mark(same ? now : -1);
  };

  const nearest = (event: PointerEvent) => {
    const box = svg.getBoundingClientRect();
    const at = ((event.clientX - box.left) * width) / (box.width || width);
    let best = 0;
    stops.forEach((_, i) => {
      const far = (k: number) => Math.abs(place(stops[k].x) - at);
      if (far(i) < far(best)) best = i;
    });
    if (shown?.term.kind === 'steps' && at <= right()) {
      const { edges, size } = shown.term;
      const value = x.back(at);
      best = Math.min(size - 1, Math.max(0, edges.slice(1, -1).filter((e) => e < value).length));
    }
    return best;
  };
  listen(element, signal, {
    pointermove: (event) => mark(nearest(event)),
    pointerleave: () => mark(-1),
    blur: () => mark(-1),
    keydown: (event) => {
      const end = stops.length - 1;
      const next = stepOf(event, {
        ArrowRight: Math.min(end, now + 1),
        ArrowUp: Math.min(end, now + 1),
        ArrowLeft: Math.max(0, now - 1),
        ArrowDown: Math.max(0, now - 1),
        PageUp: Math.min(end, now + 10),
        PageDown: Math.max(0, now - 10),
        Home: 0,
        End: end
      });
      if (next !== undefined) mark(next);
    }
  });
  return { element, draw };
}

const label = (text: string, x: number, y: number, anchor: string): SVGTextElement =>
  s('text', { class: 'tick', x: x.toFixed(1), y: y.toFixed(1), 'text-anchor': anchor }, text);

const rowLine = (x: number): SVGPathElement =>
  s('path', { class: 'row-line', d: `M${x.toFixed(1)} ${TOP}v${TALL + GAP + STRIP}` });

function grid(ticks: number[], y: Scale, right: number): SVGElement[] {
  return ticks.flatMap((tick) => [
    s('path', {
      class: tick === 0 ? 'level zero' : 'level',
      d: `M${LEFT} ${y(tick).toFixed(1)}H${right.toFixed(1)}`
    }),
    label(
      tick > 0 ? `+${number(tick)}` : number(tick).replace('-', '−'),
      LEFT - 8,
      y(tick) + 4,
      'end'
    )
  ]);
}

function below(low: number, high: number, x: Scale, right: number): SVGElement[] {
  const base = TOP + TALL + GAP + STRIP;
  const ticks = inside(low, high, Math.max(2, Math.floor((right - LEFT) / 90)));
  return [
    s('path', { class: 'level zero', d: `M${LEFT} ${base + 0.5}H${right.toFixed(1)}` }),
    ...ticks.map((tick) => label(number(tick).replace('-', '−'), x(tick), base + 16, 'middle'))
  ];
}

function path(term: Term, student: number[], x: Scale, y: Scale): string {
  const at = (value: number, score: number) => `${x(value).toFixed(1)} ${y(score).toFixed(1)}`;
  if (term.kind === 'line') return `M${student.map((v, i) => at(term.edges[i], v)).join('L')}`;
  const steps = student.map((v, i) => `${at(term.edges[i], v)}L${at(term.edges[i + 1], v)}`);
  return `M${steps.join('L')}`;
}

/** Rows by even bins, or in each step where no more is known. */
function strip(term: Term, x: Scale, low: number, high: number): SVGElement[] {
  const { density, support } = term;
  const counts = density?.counts ?? support;
  if (!counts || (!density && term.kind !== 'steps')) return [];
  const edge = (i: number) =>
    density ? density.low + ((density.high - density.low) * i) / counts.length : term.edges[i];
  const most = Math.max(...counts, 1);
  const base = TOP + TALL + GAP + STRIP;
  const made: SVGElement[] = [label('rows', LEFT - 8, base, 'end')];
  for (let i = 0; i < counts.length; i++) {
    const [a, b] = [x(Math.max(edge(i), low)), x(Math.min(edge(i + 1), high))];
    const tall = (STRIP * counts[i]) / most;
    if (!(b > a) || !counts[i]) continue;
    made.push(
      s('rect', {
        class: 'density',
        x: a.toFixed(1),
        y: (base - tall).toFixed(1),
        width: Math.max(b - a - 1, 0.5).toFixed(1),
        height: tall.toFixed(1)
      })
    );
  }
  return made;
}

/** The teacher between two values that it was asked about. */
function between({ values, scores }: Overlay, at: number): number | null {
  if (!values.length || at < values[0] || at > (values.at(-1) as number)) return null;
  const i = Math.max(
    1,
    values.findIndex((value) => value >= at)
  );
  if (values.length === 1) return scores[0];
  const share = (at - values[i - 1]) / (values[i] - values[i - 1]);
  return scores[i - 1] + share * (scores[i] - scores[i - 1]);
}

/** Where the eye can rest, and what is read there. */
function stopsOf({ term, overlay, j }: Shown, student: number[], low: number, high: number) {
  const stops: Stop[] = [];
  const rows = term.support?.reduce((sum, n) => sum + n, 0) ?? 0;
  const told = (value: number | null) =>
    value === null || Number.isNaN(value) ? '' : `, teacher ${signed(value)}`;
  if (term.kind === 'steps') {
    student.forEach((value, i) => {
      const middle = (term.edges[i] + term.edges[i + 1]) / 2;
      const n = term.support ? term.support[i] : null;
      const met = n === null ? '' : ` · ${count(n)} rows (${percent(n / (rows || 1))})`;
      const teacher = overlay ? told(between(overlay, middle)) : '';
      stops.push({ x: middle, text: `${stretch(term, i)}: ${signed(value)}${teacher}${met}` });
    });
  } else {
    const asked = overlay?.values.length ? overlay.values : null;
    const values = asked ?? Array.from({ length: 21 }, (_, i) => low + ((high - low) * i) / 20);
    const slope = (student[1] - student[0]) / (term.edges[1] - term.edges[0] || 1);
    for (const value of values) {
      const adds = student[0] + slope * (value - term.edges[0]);
      const teacher = overlay ? told(between(overlay, value)) : '';
      stops.push({ x: value, text: `${read(value, low, high)}: ${signed(adds)}${teacher}` });
    }
  }
  if (term.missing) {
    const { scores, rows: n } = term.missing;
    const met = n === null ? '' : ` · ${count(n)} rows`;
    const teacher = overlay ? told(overlay.missing) : '';
    stops.push({ x: null, text: `missing: ${signed(scores[j])}${teacher}${met}` });
  }
  return stops;
}
