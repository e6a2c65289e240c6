import { h, KEYS, listen, s, swatch } from '../../shared/dom';
import { count, number } from '../../shared/format';
import { debounce } from '../../shared/schedule';
import { filterText, isNumeric, parseFilter } from './filter';
import { fold } from './search';
import type { Column, Counted, Filter, Value } from './types';

const WIDTH = 240;
const HIGH = 40;

interface Acts {
  filter: (column: Column, filters: Filter[]) => void;
  /** Gives the focus back to where the panel was opened from. */
  back: (column: Column) => void;
}

/** What one column holds, to filter by: names to tick, or a range. */
export class Panel {
  readonly element = h('div', { class: 'panel', role: 'group', hidden: true });
  column: Column | null = null;

  constructor(
    readonly acts: Acts,
    readonly signal: AbortSignal
  ) {
    listen(this.element, signal, {
      keydown: (event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        this.close(true);
      }
    });
  }

  /** Opens for a column; what it holds is filled in by `fill`. */
  open(column: Column): void {
    this.column = column;
    this.element.setAttribute('aria-label', `Filter ${column.title}`);
    this.element.replaceChildren(h('p', { class: 'dim' }, 'Counting …'));
    this.element.hidden = false;
  }

  close(back = false): void {
    const column = this.column;
    this.column = null;
    this.element.hidden = true;
    this.element.replaceChildren();
    if (back && column) this.acts.back(column);
  }

  fill(counted: Counted, filters: Filter[]): void {
    const column = this.column;
    if (!column || counted.column !== column.name) return;
    const close = h(
      'button',
      { type: 'button', class: 'button plain', 'aria-label': 'Close', ...KEYS },
      '×'
    );
    listen(close, this.signal, { click: () => this.close(true) });
    const head = h(
      'div',
      { class: 'title' },
      h('strong', { class: 'clip' }, column.title),
      h('span', { class: 'dim' }, `in ${count(counted.rows)} rows`),
      close
    );
    const body = counted.values
      ? this.#names(column, counted, filters)
      : this.#range(column, counted, filters);
    this.element.replaceChildren(head, ...body);
    this.element.querySelector<HTMLElement>('input')?.focus();
  }

  #names(
    column: Column,
    { values = [], more, missing }: Counted,
    filters: Filter[]
  ): HTMLElement[] {
    const all: [Value, number][] = missing ? [...values, [null, missing]] : values;
    const key = (value: Value) => (value === null ? null : fold(value));
    const now = new Set<Value>();
    for (const { op, value } of filters) {
      for (const one of Array.isArray(value) ? value : op === 'is' ? [value] : [])
        now.add(key(one));
    }
    const boxes = all.map(([value, rows]) => {
      const box = h('input', { type: 'checkbox', ...KEYS });
      box.checked = now.has(key(value));
      listen(box, this.signal, { change: send });
      const name = h('span', { class: 'clip' }, value === null ? 'missing' : String(value));
      if (value === null) name.classList.add('dim', 'missing');
      const mark =
        column.kind === 'class' && value !== null
          ? [swatch((column.classes ?? []).indexOf(String(value)))]
          : [];
      const line = h('label', { title: String(value ?? 'missing') }, box, ...mark, name);
      line.append(h('span', { class: 'dim figure' }, count(rows)));
      return { box, value, line };
    });
    const acts = this.acts;
    function send() {
      const ticked = boxes.filter(({ box }) => box.checked).map(({ value }) => value);
      const op = ticked.length === 1 ? 'is' : 'in';
      const value = op === 'is' ? ticked[0] : ticked;
      acts.filter(column, ticked.length ? [{ column: column.name, op, value }] : []);
    }
    const lines = h('div', { class: 'values' }, ...boxes.map(({ line }) => line));
    if (!all.length) lines.append(h('p', { class: 'dim' }, 'No row is left to count.'));
    const rest = more
      ? [h('p', { class: 'dim' }, `${count(more)} more: type above to find them.`)]
      : [];
    return [lines, ...rest];
  }

  #range(column: Column, counted: Counted, filters: Filter[]): HTMLElement[] {
    const { low, high, bins = [], missing } = counted;
    const bound = (op: string) => filters.find((one) => one.op === op)?.value;
    const field = (word: string, op: string, hint?: number) => {
      const input = h('input', {
        type: 'text',
        inputmode: 'decimal',
        class: 'field',
        placeholder: hint === undefined ? '' : number(hint),
        'aria-label': `${column.title} ${word}`,
        ...KEYS
      });
      input.value = String(bound(op) ?? '');
      listen(input, this.signal, { input: read });
      return input;
    };
    const read = debounce(this.signal, 120, () => {
      const parts = [
        [from, '>='],
        [to, '<=']
      ] as const;
      const made = parts.flatMap(([input, op]) => {
        const typed = input.value.trim();
        const parsed = typed ? parseFilter(column, `${op} ${typed}`) : [];
        input.setAttribute('aria-invalid', String(!parsed));
        return parsed ?? [];
      });
      only.checked = false;
      this.acts.filter(column, made);
    });
    const from = field('from', '>=', low);
    const to = field('to', '<=', high);
    const only = h('input', { type: 'checkbox', ...KEYS });
    only.checked = filterText(filters, column.name) === 'missing';
    only.disabled = !missing;
    const tick = () => {
      from.value = '';
      to.value = '';
      this.acts.filter(
        column,
        only.checked ? [{ column: column.name, op: 'is', value: null }] : []
      );
    };
    listen(only, this.signal, { change: tick });
    const lost = h('label', {}, only, `only missing (${count(missing)})`);
    const fields = h('div', { class: 'bounds' }, 'from', from, 'to', to, lost);
    return bins.length > 1 && isNumeric(column)
      ? [histogram(bins, low as number, high as number), fields]
      : [fields];
  }
}

function histogram(bins: number[], low: number, high: number): HTMLElement {
  const most = Math.max(...bins);
  const step = WIDTH / bins.length;
  const bars = bins.map((rows, i) => {
    const tall = rows ? Math.max(1, (rows / most) * HIGH) : 0;
    const box = { x: i * step, y: HIGH - tall, width: step - 1, height: tall };
    return s('rect', { ...box, fill: 'var(--jd-dim)' });
  });
  const label = `How the rows are spread from ${number(low)} to ${number(high)}`;
  const drawn = s(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HIGH}`, role: 'img', 'aria-label': label },
    ...bars
  );
  const ends = h(
    'div',
    { class: 'ends dim' },
    h('span', {}, number(low)),
    h('span', {}, number(high))
  );
  return h('div', { class: 'histogram' }, drawn, ends);
}
