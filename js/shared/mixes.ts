import { colour, h, swatch } from './dom';
import { percent } from './format';

/** More classes than this are cut to the largest ones. */
const MOST = 8;

interface Mixes {
  classes: string[];
  /** Shares of all classes, node after node or rule after rule. */
  teacher: ArrayLike<number>;
  student: ArrayLike<number>;
}

/** What both models say at a place, class by class; see mixes.css. */
export function mixes(
  { classes, teacher, student }: Mixes,
  place: number,
  heads: readonly string[]
): HTMLElement {
  const k = classes.length;
  const at = place * k;
  let shown = classes.map((_, j) => j);
  if (k > MOST) {
    const weight = (j: number) => teacher[at + j] + student[at + j];
    shown = shown.sort((a, b) => weight(b) - weight(a)).slice(0, MOST);
  }
  const cell = (share: number, j: number) => bar(percent(share), share, colour(j));
  const lines = shown.map((j) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row', title: classes[j] }, swatch(j), classes[j]),
      cell(teacher[at + j], j),
      cell(student[at + j], j)
    )
  );
  if (shown.length < k) {
    lines.push(h('tr', {}, h('td', { class: 'dim', colspan: 3 }, `and ${k - shown.length} more`)));
  }
  return mixTable(['class', ...heads], lines);
}

/** A figure and its bar. */
export const bar = (figure: string, share: number, ink: string): HTMLElement =>
  h(
    'td',
    {},
    h('span', { class: 'figure' }, figure),
    h(
      'span',
      { class: 'track', 'aria-hidden': 'true' },
      h('span', { style: `width:${(share || 0) * 100}%;background:${ink}` })
    )
  );

export const mixTable = (heads: string[], lines: HTMLElement[]): HTMLElement =>
  h(
    'table',
    { class: 'mixes' },
    h('thead', {}, h('tr', {}, ...heads.map((name) => h('th', { scope: 'col' }, name)))),
    h('tbody', {}, ...lines)
  );
