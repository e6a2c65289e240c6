import { actOn, attr, h, KEYS, listen } from '../../shared/dom';
import { frame } from '../../shared/schedule';
import { cell, type Palette, Scales, widthOf } from './cells';
import { ROW_WIDTH } from './head';
import type { Column, Row, Source } from './types';

const HEIGHT = 28;
const HEAD = 64;
const MOST_ROWS = 12;
/** Browsers cannot scroll much further than this many pixels; longer tables are scaled to it. */
const LONGEST = 8_000_000;

/** How a row is chosen: alone, one more or less, with all since the last one; or none. */
export type How = 'alone' | 'more' | 'range' | 'none';

interface Acts {
  choose: (how: How, index: number) => void;
}

/** The scrolling part of the table: only the rows in sight exist. */
export class Grid {
  readonly element: HTMLElement;
  #body = h('div', { role: 'rowgroup', class: 'rows' });
  #lines = new Map<number, HTMLElement>();
  #scales = new Scales();
  /** A grid holds rows and nothing else: how many pass is announced above it. */
  #none = h(
    'div',
    { class: 'none dim', role: 'row', hidden: true },
    h('div', { role: 'gridcell' })
  );
  #active = 0;
  /** The cell of the active line that is pointed at; before any, the whole line. */
  #cell = -1;
  #height = 0;
  #chosen: ReadonlySet<number> = new Set();
  #source: Source | null = null;
  #lefts: number[] = [];
  readonly later: () => void;

  constructor(
    readonly columns: Column[],
    readonly palette: Palette,
    head: HTMLElement,
    readonly acts: Acts,
    signal: AbortSignal
  ) {
    const width = columns.reduce((sum, column) => sum + widthOf(column), ROW_WIDTH);
    const inner = h('div', { role: 'presentation', style: `width:${width}px` }, head, this.#body);
    const left = (j: number) => columns.slice(0, j).reduce((sum, one) => sum + widthOf(one), 0);
    this.#lefts = columns.map((_, j) => left(j));
    this.element = h(
      'div',
      {
        class: 'grid',
        role: 'grid',
        tabindex: 0,
        'aria-label': 'Rows, teacher against student',
        'aria-colcount': columns.length + 1,
        'aria-multiselectable': 'true',
        ...KEYS
      },
      inner,
      this.#none
    );
    this.later = frame(signal, () => this.draw());
    this.element.addEventListener('scroll', this.later, { signal, passive: true });
    listen(this.element, signal, { keydown: (event) => this.#key(event) });
    listen(this.#body, signal, { click: (event) => this.#click(event) });
    // Shift and a click choose rows here, not text
    const still = (event: MouseEvent) => event.shiftKey && event.preventDefault();
    listen(this.#body, signal, { mousedown: still });
  }

  /** New rows: everything drawn is void; a new question also starts from the top. */
  renew(source: Source, fromTop: boolean): void {
    this.#source = source;
    if (fromTop) {
      this.#active = 0;
      this.element.scrollTop = 0;
    }
    this.#active = Math.max(0, Math.min(this.#active, source.total - 1));
    this.#lines.clear();
    this.#body.replaceChildren();
    const rows = Math.min(Math.max(source.total, 3), MOST_ROWS);
    // the last line is half hidden where there are more: a hint that the table scrolls
    this.#height = HEAD + rows * HEIGHT + 14;
    this.element.style.height = `${this.#height}px`;
    this.#body.style.height = `${this.#span()}px`;
    attr(this.element, { 'aria-rowcount': source.total + 2 });
    this.#none.hidden = source.total > 0;
    // where nothing is left without a filter, no filter has hidden it
    const none = source.all ? 'No row passes all filters.' : 'The two part in no row.';
    (this.#none.firstElementChild as Element).textContent = none;
    this.draw();
  }

  choose(rows: Iterable<number>): void {
    this.#chosen = new Set(rows);
    for (const [index, line] of this.#lines) this.#mark(index, line);
  }

  draw(): void {
    const source = this.#source;
    if (!source) return;
    const [first, shift] = this.#top();
    const seen = Math.ceil(this.#view() / HEIGHT) + 1;
    const last = Math.min(source.total, first + seen);
    source.want(first, last);
    for (const [index, line] of this.#lines) {
      if (index >= first && index < last) continue;
      line.remove();
      this.#lines.delete(index);
    }
    for (let index = first; index < last; index++) {
      let line = this.#lines.get(index);
      if (!line || (line.dataset.empty && source.row(index))) {
        line?.remove();
        line = this.#make(index, source.row(index));
        this.#lines.set(index, line);
        this.#insert(index, line);
      }
      line.style.transform = `translateY(${shift + (index - first) * HEIGHT}px)`;
      this.#mark(index, line);
    }
    const line = this.#lines.get(this.#active);
    const cell = this.#cell >= 0 ? line?.children[this.#cell] : null;
    for (const old of this.#body.querySelectorAll('.at')) {
      if (old === cell) continue;
      old.classList.remove('at');
      old.removeAttribute('id');
    }
    if (cell) {
      cell.classList.add('at');
      cell.id = 'cell-at';
    }
    attr(this.element, { 'aria-activedescendant': (cell ?? line)?.id ?? null });
  }

  /** Height of the part that shows rows; before the first layout, what it is going to be. */
  #view = (): number => (this.element.clientHeight || this.#height) - HEAD;

  #span = (): number => Math.min(LONGEST, (this.#source?.total ?? 0) * HEIGHT);

  /** How many pixels of rows pass for one pixel of the scroll bar. */
  #ratio(): number {
    const real = (this.#source?.total ?? 0) * HEIGHT;
    const span = this.#span();
    return span < real ? (real - this.#view()) / (span - this.#view()) : 1;
  }

  /** The first row in sight, and where its upper edge lies in the scrolled body. */
  #top(): [number, number] {
    const at = this.element.scrollTop;
    const real = at * this.#ratio();
    const first = Math.max(0, Math.floor(real / HEIGHT));
    return [first, at - (real - first * HEIGHT)];
  }

  #insert(index: number, line: HTMLElement): void {
    let after: HTMLElement | null = null;
    let nearest = Number.POSITIVE_INFINITY;
    for (const [other, element] of this.#lines) {
      if (other > index && other < nearest && element.parentNode) {
        nearest = other;
        after = element;
      }
    }
    this.#body.insertBefore(line, after);
  }

  #make(index: number, row: Row | null): HTMLElement {
    const line = h('div', {
      role: 'row',
      class: 'line',
      id: `row-${index}`,
      'aria-rowindex': index + 3
    });
    line.dataset.index = String(index);
    const name = h(
      'div',
      { role: 'rowheader', class: 'cell corner right dim', style: `width:${ROW_WIDTH}px` },
      row ? String(row.id) : '…'
    );
    line.append(name);
    if (!row) {
      line.dataset.empty = 'true';
      return line;
    }
    line.dataset.row = String(row.id);
    this.columns.forEach((column, j) => {
      line.append(cell(column, row.cells[j], this.palette, this.#scales));
    });
    return line;
  }

  #mark(index: number, line: HTMLElement): void {
    const chosen = line.dataset.row !== undefined && this.#chosen.has(Number(line.dataset.row));
    attr(line, { 'aria-selected': String(chosen) });
    line.classList.toggle('active', index === this.#active);
  }

  #go(index: number): void {
    const total = this.#source?.total ?? 0;
    if (!total) return;
    this.#active = Math.max(0, Math.min(total - 1, index));
    const real = this.element.scrollTop * this.#ratio();
    const view = this.#view();
    const top = this.#active * HEIGHT;
    let next = real;
    if (top < real) next = top;
    else if (top + HEIGHT > real + view) next = top + HEIGHT - view;
    if (next !== real) this.element.scrollTop = next / this.#ratio();
    this.draw();
  }

  #across(cell: number): void {
    this.#cell = Math.max(-1, Math.min(this.columns.length, cell));
    const j = this.#cell - 1;
    if (j >= 0) {
      // the first column stays in sight and covers what is below it
      const room = this.element.clientWidth - ROW_WIDTH;
      const [left, wide] = [this.#lefts[j], widthOf(this.columns[j])];
      const now = this.element.scrollLeft;
      if (left < now) this.element.scrollLeft = left;
      else if (left + wide > now + room) this.element.scrollLeft = left + wide - room;
    } else this.element.scrollLeft = 0;
    this.draw();
  }

  #key(event: KeyboardEvent): void {
    const target = event.target as Element;
    if (target.closest('input, button') || event.altKey) return;
    const page = Math.max(1, Math.floor(this.#view() / HEIGHT) - 1);
    const last = (this.#source?.total ?? 1) - 1;
    const move = (to: number) => () => {
      // all in between are chosen from where the way began
      if (event.shiftKey) this.acts.choose('range', this.#within(to));
      this.#go(to);
    };
    const choose = (how: How) => () => this.acts.choose(how, this.#active);
    const whole = event.ctrlKey || event.metaKey;
    const acts: Record<string, () => void> = whole
      ? { Home: move(0), End: move(last), ' ': choose('more') }
      : {
          ArrowDown: move(this.#active + 1),
          ArrowUp: move(this.#active - 1),
          PageDown: move(this.#active + page),
          PageUp: move(this.#active - page),
          ArrowRight: () => this.#across(this.#cell + 1),
          ArrowLeft: () => this.#across(this.#cell - 1),
          Home: this.#cell < 0 ? move(0) : () => this.#across(0),
          End: this.#cell < 0 ? move(last) : () => this.#across(this.columns.length),
          Enter: choose('alone'),
          ' ': choose(event.shiftKey ? 'range' : 'more'),
          Escape: choose('none')
        };
    actOn(event, acts);
  }

  #within = (index: number): number => Math.max(0, Math.min((this.#source?.total ?? 1) - 1, index));

  #click(event: MouseEvent): void {
    const line = (event.target as Element).closest<HTMLElement>('.line');
    if (!line) return;
    const index = Number(line.dataset.index);
    const more = event.ctrlKey || event.metaKey;
    this.acts.choose(event.shiftKey ? 'range' : more ? 'more' : 'alone', index);
    this.#cell = -1;
    this.#go(index);
  }

  /** The line that the keys point at: where a range begins that has no other beginning. */
  get active(): number {
    return this.#active;
  }
}
