import { h, swatch } from '../../shared/dom';
import { number } from '../../shared/format';
import { apart } from '../../shared/text';
import { isNumeric } from './filter';
import type { Column, Value } from './types';

const WIDTHS: Record<Column['kind'], number> = {
  class: 136,
  measure: 120,
  numeric: 112,
  category: 144,
  boolean: 96,
  leaf: 80
};

/** Constant while one scrolls; a column of classes is as wide as its longest name asks. */
export function widthOf(column: Column): number {
  if (column.kind !== 'class' || !column.classes?.length) return WIDTHS[column.kind] ?? 128;
  const longest = Math.max(...column.classes.map((name) => name.length));
  return Math.min(152, Math.max(88, 36 + Math.round((longest * 7.2) / 4) * 4));
}

/** The classes of a column in the order of their colours. */
export type Palette = (column: Column) => string[];

/** The largest value met in each measure column: full length of its bars. */
export class Scales {
  #most = new Map<string, number>();

  of(column: Column, value: number): number {
    // a margin is a difference of shares and never passes 1
    if (column.name === 'margin') return 1;
    const most = Math.max(this.#most.get(column.name) ?? 0, Math.abs(value));
    this.#most.set(column.name, most);
    return most;
  }
}

export function cell(column: Column, value: Value, palette: Palette, scales: Scales): HTMLElement {
  const made = h('div', {
    class: `cell ${isNumeric(column) ? 'right' : ''}`,
    role: 'gridcell',
    style: `width:${widthOf(column)}px`
  });
  if (value === null || value === undefined) {
    made.append(h('span', { class: 'dim missing' }, 'missing'));
  } else if (column.kind === 'class') {
    const name = String(value);
    const classes = palette(column);
    const place = classes.indexOf(name);
    const short = shortOf(classes)[place] ?? name;
    made.title = name;
    if (short !== name) made.setAttribute('aria-label', name);
    made.append(swatch(place), h('span', { class: 'clip' }, short));
  } else if (column.kind === 'measure' && typeof value === 'number') {
    const share = Math.min(1, Math.abs(value) / (scales.of(column, value) || 1));
    made.title = String(value);
    made.append(
      h('span', { class: 'meter', 'aria-hidden': 'true' }, bar(share)),
      h('span', { class: 'figure' }, value.toFixed(Math.abs(value) < 10 ? 2 : 1))
    );
  } else {
    const text = typeof value === 'number' ? number(value) : String(value);
    made.title = String(value);
    made.append(h('span', { class: 'clip' }, text));
  }
  return made;
}

const shorts = new WeakMap<string[], string[]>();

/** Found once for a column: there are as many cells as rows. */
function shortOf(classes: string[]): string[] {
  const known = shorts.get(classes) ?? apart(classes);
  shorts.set(classes, known);
  return known;
}

const bar = (share: number): HTMLElement =>
  h('span', { style: `width:${(share * 100).toFixed(1)}%` });
