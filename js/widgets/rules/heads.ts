import { h } from '../../shared/dom';
import { classItems, makeLegend } from '../../shared/legend';
import { answer, named, type Rules, written } from './list';

/** The column of answers is as wide as the longest one asks, within bounds; words stay whole. */
export function room(rules: Rules): string {
  const answers = new Set(rules.conditions.map((_, place) => answer(rules, place)));
  const asks = (texts: string[], most: number) =>
    Math.min(most, Math.max(64, 18 + 8 * Math.max(...texts.map((text) => text.length))));
  const words = [...answers].flatMap((text) => text.split(/\s/));
  return `--says:${Math.max(asks([...answers], 144), asks(words, 208))}px`;
}

/** What stands in each column. */
export function heads(rules: Rules): HTMLElement {
  const head = (name: string, ...text: (Node | string)[]) =>
    h('div', { role: 'columnheader', class: name }, ...text);
  const { numbers } = rules;
  const range = numbers?.axis.map((end) => written(rules, end)).join(' to ');
  return h(
    'div',
    { role: 'rowgroup', class: 'head' },
    h(
      'div',
      { role: 'row', class: 'heads', 'aria-rowindex': 1 },
      head('no', h('span', { class: 'unseen' }, 'number')),
      head('asked', 'rule'),
      head('says', 'says'),
      head('mix', numbers ? `mean, from ${range}` : 'class mix'),
      head('rows', 'rows'),
      head('fit', numbers ? 'error (RMS)' : 'agreement')
    )
  );
}

/** What colours and shapes stand for. */
export function legends(rules: Rules, signal: AbortSignal): HTMLElement {
  const legend = makeLegend(signal);
  const said = new Set(rules.conditions.map((_, place) => named(rules, place)));
  legend.draw('Classes', classItems(rules.classes, said));
  const words = rules.numbers
    ? 'hollow: mean of the teacher; filled: what the rule says, with the error to either side'
    : 'tall, and in figures: the class that the rule names';
  return h('div', { class: 'legends' }, legend.element, h('p', { class: 'dim' }, words));
}
