import { h, KEYS, listen } from '../../shared/dom';
import type { Traits } from '../../shared/model';
import { debounce } from '../../shared/schedule';
import type { RulesModel } from '../rules';
import { type Decided, type Rules, reading, type Sort } from './list';

const SORTS: [Sort, string][] = [
  ['list', 'their own order'],
  ['support', 'most rows first'],
  ['agreement', 'worst agreement first']
];

/** Above the rules: how many there are, the chosen row, in which order, and a search. */
export function makeTools(rules: Rules, traits: Traits<RulesModel>, signal: AbortSignal) {
  const tally = h('p', { class: 'count', 'aria-live': 'polite' });
  const chip = h('button', { type: 'button', class: 'button chip', hidden: true, ...KEYS });
  listen(chip, signal, { click: () => traits.set({ row: null, leaf: null }) });
  const sorting = sortField(rules);
  listen(sorting, signal, { change: () => traits.set({ sort: sorting.value as Sort }) });
  const [search, names] = searchField(rules);
  const typed = debounce(signal, 150, () => traits.set({ filter: search.value }));
  listen(search, signal, { input: typed });
  const sortLabel = h('label', { class: 'dim sorting' }, 'Sort by ', sorting);
  const controls = h('div', { class: 'controls' }, sortLabel, search, names);
  return {
    element: h('div', { class: 'toolbar' }, tally, chip, controls),
    draw(sort: Sort, filter: string, shown: number): void {
      if (sorting.value !== sort) sorting.value = sort;
      if (search.value !== filter) search.value = filter;
      tally.textContent = reading(rules, shown);
    },
    showRow(row: Decided | null): void {
      chip.hidden = row === null;
      if (!row) return;
      const text = `row ${row.row}: rule ${row.rule + 1}`;
      chip.replaceChildren(text, h('span', { 'aria-hidden': 'true' }, '×'));
      chip.setAttribute('aria-label', `${text} decides it. Choose no row`);
    }
  };
}

function sortField(rules: Rules): HTMLSelectElement {
  const options = SORTS.map(([value, words]) =>
    h('option', { value }, rules.numbers && value === 'agreement' ? 'largest error first' : words)
  );
  return h('select', { class: 'field', ...KEYS }, ...options);
}

function searchField(rules: Rules): [HTMLInputElement, HTMLElement] {
  const names = h(
    'datalist',
    { id: 'rule-columns' },
    ...rules.columns.map((value) => h('option', { value }))
  );
  const field = h('input', {
    type: 'search',
    class: 'field search',
    placeholder: 'Column or words',
    'aria-label': 'Show rules that hold these words',
    list: 'rule-columns',
    spellcheck: 'false',
    ...KEYS
  });
  return [field, names];
}
