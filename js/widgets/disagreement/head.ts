import { actOn, attr, h, KEYS, listen } from '../../shared/dom';
import { debounce } from '../../shared/schedule';
import { widthOf } from './cells';
import { filterText, HOW, isNumeric, parseFilter } from './filter';
import type { Column, Filter, Question } from './types';

/** Width of the column that names the row by its position in the owner's data. */
export const ROW_WIDTH = 64;
/** While somebody types, nothing is asked. */
export const TYPING = 120;

interface Acts {
  sort: (sort: Question['sort']) => void;
  filter: (column: Column, filters: Filter[]) => void;
  /** Shows what a column holds. */
  open: (column: Column) => void;
}

/** The two fixed lines of the table: names to sort by, and a filter for every column. */
export class Head {
  readonly element: HTMLElement;
  #heads = new Map<string, HTMLElement>();
  #inputs = new Map<string, HTMLInputElement>();
  #sort: Question['sort'] = null;

  constructor(
    readonly columns: Column[],
    readonly acts: Acts,
    readonly signal: AbortSignal
  ) {
    const names = h('div', { role: 'row', class: 'line names', 'aria-rowindex': 1 }, corner('row'));
    const filters = h('div', { role: 'row', class: 'line filters', 'aria-rowindex': 2 });
    filters.append(corner(''));
    for (const column of columns) {
      names.append(this.#name(column));
      filters.append(this.#filter(column));
    }
    this.element = h('div', { role: 'rowgroup', class: 'head' }, names, filters);
    listen(this.element, signal, {
      keydown: (event) => this.#key(event),
      focusin: (event) => this.#rove(event)
    });
    this.#reach(0);
  }

  /** Shows how the rows are sorted and filtered now; what somebody is typing stays. */
  mark({ sort, filters }: Question): void {
    this.#sort = sort;
    for (const [name, head] of this.#heads) {
      const mine = sort?.[0] === name ? sort : null;
      attr(head, { 'aria-sort': mine ? (mine[1] ? 'descending' : 'ascending') : null });
      const arrow = head.querySelector('.arrow') as HTMLElement;
      arrow.textContent = mine ? (mine[1] ? '↓' : '↑') : '';
    }
    const { activeElement } = this.element.getRootNode() as ShadowRoot;
    for (const [name, input] of this.#inputs) {
      const text = filterText(filters, name);
      input.parentElement?.classList.toggle('filtered', text !== '');
      // nor is what could not be read taken away before it was mended
      const odd = !text && input.getAttribute('aria-invalid') === 'true';
      if (input !== activeElement && text !== input.value && !odd) {
        input.value = text;
        attr(input, { 'aria-invalid': null });
      }
    }
  }

  focus(column: Column): void {
    this.#inputs.get(column.name)?.focus();
  }

  #name(column: Column): HTMLElement {
    const button = h(
      'button',
      { type: 'button', class: 'sort', title: `Sort by ${column.title}`, tabindex: -1, ...KEYS },
      h('span', { class: 'clip' }, column.title),
      h('span', { class: 'arrow', 'aria-hidden': 'true' })
    );
    listen(button, this.signal, { click: () => this.#press(column) });
    const side = isNumeric(column) ? 'right' : '';
    const style = `width:${widthOf(column)}px`;
    const head = h('div', { role: 'columnheader', class: `cell ${side}`, style }, button);
    this.#heads.set(column.name, head);
    return head;
  }

  #press(column: Column): void {
    // the first press shows what one looks for: the largest numbers, the first names
    const down = isNumeric(column) && column.kind !== 'leaf';
    const sort = this.#sort;
    if (sort?.[0] !== column.name) this.acts.sort([column.name, down]);
    else if (sort[1] === down) this.acts.sort([column.name, !down]);
    else this.acts.sort(null);
  }

  #filter(column: Column): HTMLElement {
    const input = h('input', {
      type: 'text',
      class: 'field',
      placeholder: !isNumeric(column) ? 'text' : column.kind === 'leaf' ? 'no.' : '>= or <=',
      title: isNumeric(column) ? HOW : 'Rows that contain this text',
      'aria-label': `Filter ${column.title}`,
      autocomplete: 'off',
      spellcheck: 'false',
      tabindex: -1,
      ...KEYS
    });
    const read = debounce(this.signal, TYPING, () => {
      const parsed = parseFilter(column, input.value);
      attr(input, { 'aria-invalid': parsed ? null : 'true' });
      this.acts.filter(column, parsed ?? []);
    });
    listen(input, this.signal, { input: read });
    this.#inputs.set(column.name, input);
    const open = h(
      'button',
      {
        type: 'button',
        class: 'open',
        title: `What ${column.title} holds`,
        'aria-label': `What ${column.title} holds`,
        tabindex: -1,
        ...KEYS
      },
      '▾'
    );
    listen(open, this.signal, { click: () => this.acts.open(column) });
    const style = `width:${widthOf(column)}px`;
    return h('div', { role: 'gridcell', class: 'cell', style }, input, open);
  }

  /** Of each line one control is reached by Tab, its neighbours by the arrows. */
  #reach(at: number): void {
    this.columns.forEach(({ name }, j) => {
      const tabindex = j === at ? 0 : -1;
      attr(this.#heads.get(name)?.firstElementChild as Element, { tabindex });
      attr(this.#inputs.get(name) as Element, { tabindex });
    });
  }

  #at = (target: EventTarget | null): number =>
    this.columns.findIndex(
      ({ name }) =>
        this.#heads.get(name)?.contains(target as Node) ||
        this.#inputs.get(name)?.parentElement?.contains(target as Node)
    );

  #rove(event: Event): void {
    const at = this.#at(event.target);
    if (at >= 0) this.#reach(at);
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey) return;
    const at = this.#at(event.target);
    if (at < 0) return;
    const typing = (event.target as Element).matches('input');
    const name = (j: number) => {
      const column = this.columns[Math.max(0, Math.min(this.columns.length - 1, j))];
      this.#heads.get(column.name)?.querySelector('button')?.focus();
    };
    const acts: Record<string, () => void> = typing
      ? { ArrowUp: () => name(at), ArrowDown: () => this.acts.open(this.columns[at]) }
      : {
          ArrowLeft: () => name(at - 1),
          ArrowRight: () => name(at + 1),
          Home: () => name(0),
          End: () => name(this.columns.length - 1),
          ArrowDown: () => this.focus(this.columns[at])
        };
    actOn(event, acts);
  }
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
