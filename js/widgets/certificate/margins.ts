import { h } from '../../shared/dom';
import type { Margin, Rule } from './types';

/** Standard deviations that fill a bar: what is farther is far. */
const FAR = 3;

/** The rule with every condition, what the row has, and how far it is from each threshold. */
export function ruleTable(rule: Rule): HTMLElement {
  const rows = rule.conditions.flatMap(({ text, value, margins }) => {
    if (!margins.length) return [line(text, value, null, true)];
    const alone = margins.length === 1;
    // a range has two ends, each with a margin of its own below it
    const whole = alone ? [] : [line(text, value, null, true)];
    const each = margins.map((one) => line(alone ? text : one.condition, value, one, alone));
    return [...whole, ...each];
  });
  return table('Each condition of the rule, and how near the row is to its end', rows);
}

/** The rules before the one that decided, and what of each does not hold. */
export function earlierTable(rule: Rule): HTMLElement | null {
  if (!rule.earlier.length) return null;
  const lines = rule.earlier.flatMap(({ place, fails, margins }) => {
    const text = `rule ${place} does not hold, as not: ${fails.join(' nor: ')}`;
    if (!margins.length) return [line(text, '', null, true)];
    return margins.map((one) => line(one.condition, one.value, one, true));
  });
  const shown = table('Earlier rules, which come first', lines);
  return h('details', { open: rule.earlier.length <= 3 }, summary('Earlier rules'), shown);
}

const summary = (text: string): HTMLElement =>
  h('summary', { 'data-lm-suppress-shortcuts': 'true' }, text);

/** Of a sum: how far each column by itself is from another decision. */
export const marginTable = (margins: Margin[]): HTMLElement =>
  table(
    'How far each column by itself is from another decision',
    margins.map((one) => line(one.condition, one.value, one, true))
  );

function table(caption: string, rows: HTMLElement[]): HTMLElement {
  const head = (text: string) => h('th', { scope: 'col' }, text);
  return h(
    'table',
    { class: 'margins' },
    h('caption', {}, caption),
    h(
      'thead',
      {},
      h('tr', {}, head('condition'), head('the row has'), head('margin'), head('beyond it'))
    ),
    h('tbody', {}, ...rows)
  );
}

function line(text: string, value: string, margin: Margin | null, whole: boolean): HTMLElement {
  return h(
    'tr',
    { class: margin?.narrowest ? 'narrowest' : '' },
    h('th', { scope: 'row', class: whole ? '' : 'end' }, text),
    h('td', { class: 'has' }, whole ? value : ''),
    h('td', { class: 'margin' }, ...(margin ? distance(margin) : [])),
    h('td', { class: 'beyond' }, ...(margin ? beyond(margin) : []))
  );
}

function distance(margin: Margin): (HTMLElement | string)[] {
  const { away, spreads, others, narrowest } = margin;
  if (away === null) {
    return others.length ? [h('span', { class: 'dim' }, `not so for ${others.join(', ')}`)] : [];
  }
  const wide = spreads === null ? 0 : Math.min(100, (100 * spreads) / FAR);
  const far = spreads !== null && spreads > FAR;
  const bar = h(
    'div',
    { class: far ? 'track far' : 'track', 'aria-hidden': 'true' },
    h('span', { style: `width:${wide.toFixed(1)}%` })
  );
  const said = spreads === null ? '' : ` (${short(spreads)} standard deviations)`;
  const mark = narrowest ? [' ', h('span', { class: 'tag warned' }, 'narrowest')] : [];
  return [
    ...(spreads === null ? [] : [bar]),
    h('span', {}, `${away} away`, h('span', { class: 'dim' }, said), ...mark)
  ];
}

function beyond({ beyond: said, flips }: Margin): (HTMLElement | string)[] {
  return flips
    ? [h('b', {}, said)]
    : [h('span', { class: 'dim' }, 'still '), h('span', { class: 'dim' }, said)];
}

const short = (value: number): string => String(+value.toPrecision(2));
