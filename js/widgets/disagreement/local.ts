import { decode } from '../../shared/wire';
import { countCells } from './count';
import { comparer, search, test } from './search';
import type { Column, Counted, PagePayload, Question, Row, Source, Value } from './types';

/** Sorts and filters in the browser the rows that an exported page holds. */
export class LocalSource implements Source {
  total = 0;
  all = 0;
  rows: number | null;
  held: [number, number];
  waiting = false;
  #question: Question | null = null;
  #order: number[] = [];
  #ids: Int32Array;
  #leaves: Int32Array;
  #cells: Value[][];

  constructor(
    page: PagePayload,
    readonly columns: Column[],
    /** Whether the row at a place of the page, in a leaf, is in the chosen node and region. */
    readonly inside: (leaf: number, place: number) => boolean,
    readonly changed: () => void
  ) {
    this.#ids = decode(page.row_ids, 'i4');
    this.#leaves = decode(page.leaves, 'i4');
    this.#cells = page.cells;
    this.rows = page.rows ?? null;
    this.held = [this.#ids.length, page.held_of ?? this.#ids.length];
  }

  row(index: number): Row | null {
    const at = this.#order[index];
    if (at === undefined) return null;
    return {
      id: this.#ids[at],
      leaf: this.#leaves[at],
      cells: this.#cells.map((column) => column[at])
    };
  }

  want(): void {}

  /** All rows are at hand. */
  span(): void {}

  count(column: Column, then: (counted: Counted) => void): void {
    const { filters, ...rest } = this.#question as Question;
    const others = filters.filter((filter) => filter.column !== column.name);
    const order = this.#find({ ...rest, sort: null, filters: others });
    const cells = this.#cells[this.columns.indexOf(column)];
    then(
      countCells(
        column,
        order.map((i) => cells[i])
      )
    );
  }

  ask(question: Question): void {
    this.#question = question;
    this.#order = this.#find(question);
    this.total = this.#order.length;
    this.changed();
  }

  #find({ sort, filters, text, scope }: Question): number[] {
    const places = new Map(this.columns.map((column, j) => [column.name, j]));
    const find = (name: string) => {
      const j = places.get(name);
      return j === undefined ? null : { column: this.columns[j], cells: this.#cells[j] };
    };
    const tests = filters.flatMap((filter) => {
      const found = find(filter.column);
      return found ? [{ cells: found.cells, passes: test(found.column, filter) }] : [];
    });
    const typed = text.trim();
    const hits = this.columns.map((column) => search(column, typed));

    let order = Array.from(this.#ids, (_, i) => i);
    const [teacher, student] = [find('teacher'), find('student')];
    // numbers hardly ever agree to the last digit: they all count as apart
    if (scope === 'disagreements' && teacher?.column.kind === 'class' && student) {
      order = order.filter((i) => teacher.cells[i] !== student.cells[i]);
    }
    this.all = order.length;
    order = order.filter(
      (i) =>
        this.inside(this.#leaves[i], i) &&
        tests.every(({ cells, passes }) => passes(cells[i])) &&
        (!typed || hits.some((hit, j) => hit(this.#cells[j][i])))
    );
    const by = sort && find(sort[0]);
    // disagreements come worst first, all rows and ties in the owner's order
    if (by || scope === 'all') order.sort((a, b) => this.#ids[a] - this.#ids[b]);
    if (sort && by) {
      const compare = comparer(by.column, sort[1]);
      order.sort((a, b) => compare(by.cells[a], by.cells[b]));
    }
    return order;
  }
}
