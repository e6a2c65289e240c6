import { h } from '../../shared/dom';
import { count, percent, temperature } from '../../shared/format';

type Interval = [number, number, number];

export interface Summary {
  teacher: string;
  student: string;
  size: number | string;
  temperature: number;
  /** Share of held-out rows on which student and teacher agree: value, low, high. */
  fidelity: Interval;
  baselines: { name: string; fidelity: Interval }[];
  rows: number;
  classes: number;
  notes: string[];
}

/** Who was distilled into what, how faithfully, and what one should know about it. */
export function header(summary: Partial<Summary>): HTMLElement[] {
  const made: HTMLElement[] = [];
  if (summary.teacher) made.push(h('div', { class: 'top' }, title(summary), ...fidelity(summary)));
  if (summary.notes?.length) {
    const items = summary.notes.map((note) => h('li', {}, note));
    made.push(h('ul', { class: 'notes', 'aria-label': 'Notes' }, ...items));
  }
  return made;
}

function title({ teacher, student, size, temperature: t, rows, classes }: Partial<Summary>) {
  const facts = [
    typeof size === 'number' ? `${count(size)} leaves` : size,
    t ? `T = ${temperature(t)}` : undefined,
    rows ? `${count(rows)} rows` : undefined,
    classes ? `${count(classes)} classes` : undefined
  ].filter((fact) => fact);
  return h(
    'div',
    { class: 'title' },
    h(
      'p',
      { class: 'names' },
      h('span', {}, teacher ?? ''),
      h('span', { class: 'dim', 'aria-label': 'distilled into' }, ' → '),
      h('span', {}, student ?? '')
    ),
    h('p', { class: 'dim' }, facts.join(' · '))
  );
}

/** The interval of the student beside those of the baselines, on one scale. */
function fidelity({ fidelity: own, baselines = [] }: Partial<Summary>): HTMLElement[] {
  if (!own || own.length < 3) return [];
  const lines = [
    { name: 'this student', fidelity: own, main: true },
    ...baselines.map((baseline) => ({ ...baseline, main: false }))
  ];
  const least = Math.min(...lines.flatMap((line) => line.fidelity));
  const start = Math.max(0, Math.floor(least * 10 - 0.5) / 10);
  const at = (value: number) => `${((100 * (value - start)) / (1 - start || 1)).toFixed(2)}%`;
  const items = lines.map(({ name, fidelity: [value, low, high], main }) =>
    h(
      'li',
      { class: main ? 'main' : '' },
      h('span', { class: 'name', title: name }, name),
      h(
        'span',
        { class: 'range', 'aria-hidden': 'true' },
        h('span', { class: 'span', style: `left:${at(low)};right:calc(100% - ${at(high)})` }),
        h('span', { class: 'dot', style: `left:${at(value)}` })
      ),
      h('span', { class: 'figure' }, percent(value, 1))
    )
  );
  const [value, low, high] = own;
  return [
    h(
      'div',
      { class: 'score' },
      h('span', { class: 'large' }, percent(value, 1)),
      h('span', {}, 'fidelity, held out'),
      h('span', { class: 'dim' }, `${(low * 100).toFixed(1)} to ${percent(high, 1)}`)
    ),
    h(
      'div',
      { class: 'compare' },
      h('ul', { 'aria-label': 'Fidelity beside baselines' }, ...items),
      h(
        'div',
        { class: 'scale dim', 'aria-hidden': 'true' },
        h('span', {}, percent(start)),
        h('span', {}, '100 %')
      )
    )
  ];
}
