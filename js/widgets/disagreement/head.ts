import { attr, h, KEYS } from '../../shared/dom';
import { debounce } from '../../shared/schedule';
import { widthOf } from './cells';
import { filterText, HOW, isNumeric, parseFilter } from './filter';
import type { Column, Filter, Question } from './types';

/** Width of the column that names the row by its position in the owner's data. */
export const ROW_WIDTH = 64;
const TYPING = 200;

interface Acts {
  sort: (sort: Question['sort']) => void;
  filter: (filters: Filter[]) => void;
}

/** The two fixed lines of the table: names to sort by, and a filter for every column. */
export function makeHead(columns: Column[], first: Question, acts: Acts, signal: AbortSignal) {
  const heads = new Map<string, HTMLElement>();
  const inputs = new Map<string, HTMLInputElement>();
  let sort = first.sort;

  const press = (column: Column) => {
    // the first press shows what one looks for: the largest numbers, the first names
    const down = isNumeric(column);
    if (sort?.[0] !== column.name) acts.sort([column.name, down]);
    else if (sort[1] === down) acts.sort([column.name, !down]);
    else acts.sort(null);
  };
  const read = debounce(signal, TYPING, () => {
    const filters: Filter[] = [];
    for (const column of columns) {
      const input = inputs.get(column.name) as HTMLInputElement;
      const parsed = parseFilter(column, input.value);
      attr(input, { 'aria-invalid': parsed ? null : 'true' });
      filters.push(...(parsed ?? []));
    }
    acts.filter(filters);
  });

  const names = h('div', { role: 'row', class: 'line names', 'aria-rowindex': 1 }, corner('row'));
  const filters = h('div', { role: 'row', class: 'line filters', 'aria-rowindex': 2 });
  filters.append(corner(''));
  for (const column of columns) {
    const style = `width:${widthOf(column)}px`;
    const button = h(
      'button',
      { type: 'button', class: 'sort', title: `Sort by ${column.title}`, ...KEYS },
      h('span', { class: 'clip' }, column.title),
      h('span', { class: 'arrow', 'aria-hidden': 'true' })
    );
    button.addEventListener('click', () => press(column), { signal });
    const side = isNumeric(column) ? 'right' : '';
    const head = h('div', { role: 'columnheader', class: `cell ${side}`, style }, button);
    heads.set(column.name, head);
    names.append(head);

    const input = h('input', {
      type: 'text',
      class: 'field',
      placeholder: isNumeric(column) ? '>= or <=' : 'contains',
      title: isNumeric(column) ? HOW : 'Rows that contain this text',
      'aria-label': `Filter ${column.title}`,
      autocomplete: 'off',
      spellcheck: 'false',
      ...KEYS
    });
    input.value = filterText(first.filters, column.name);
    input.addEventListener('input', read, { signal });
    inputs.set(column.name, input);
    filters.append(h('div', { role: 'gridcell', class: 'cell', style }, input));
  }

  /** Shows how the rows are sorted now. */
  const mark = (now: Question['sort']) => {
    sort = now;
    for (const [name, head] of heads) {
      const mine = sort?.[0] === name ? sort : null;
      attr(head, { 'aria-sort': mine ? (mine[1] ? 'descending' : 'ascending') : null });
      const arrow = head.querySelector('.arrow') as HTMLElement;
      arrow.textContent = mine ? (mine[1] ? '↓' : '↑') : '';
    }
  };
  mark(sort);
  return { element: h('div', { role: 'rowgroup', class: 'head' }, names, filters), mark };
}

const corner = (text: string): HTMLElement =>
  h(
    'div',
    {
      role: text ? 'columnheader' : 'gridcell',
      class: 'cell corner right dim',
      style: `width:${ROW_WIDTH}px`
    },
    text
  );
