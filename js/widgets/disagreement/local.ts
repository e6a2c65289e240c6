import { decode } from '../../shared/wire';
import type { Column, Filter, PagePayload, Question, Row, Source, Value } from './types';

/** Sorts and filters in the browser the rows that an exported page holds. */
export class LocalSource implements Source {
  total = 0;
  all = 0;
  rows: number | null;
  waiting = false;
  #order: number[] = [];
  #ids: Int32Array;
  #leaves: Int32Array;
  #cells: Value[][];

  constructor(
    page: PagePayload,
    readonly columns: Column[],
    /** Whether a leaf belongs to the chosen node. */
    readonly inNode: (leaf: number) => boolean,
    readonly changed: () => void
  ) {
    this.#ids = decode(page.row_ids, 'i4');
    this.#leaves = decode(page.leaves, 'i4');
    this.#cells = page.cells;
    this.rows = page.rows ?? null;
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

  ask({ sort, filters, text, scope }: Question): void {
    const index = new Map(this.columns.map((column, j) => [column.name, j]));
    const cells = (name: string) => this.#cells[index.get(name) ?? -1];
    const [teacher, student] = [cells('teacher'), cells('student')];
    const tests = filters
      .filter((filter) => cells(filter.column))
      .map((filter) => ({ column: cells(filter.column), passes: test(filter) }));
    const needle = text.trim().toLowerCase();

    let order = Array.from(this.#ids, (_, i) => i);
    if (scope === 'disagreements' && teacher && student) {
      order = order.filter((i) => teacher[i] !== student[i]);
    }
    this.all = order.length;
    order = order.filter(
      (i) =>
        this.inNode(this.#leaves[i]) &&
        tests.every(({ column, passes }) => passes(column[i])) &&
        (!needle || this.#cells.some((column) => written(column[i]).includes(needle)))
    );
    const by = sort && cells(sort[0]);
    if (sort && by) order.sort((a, b) => compare(by[a], by[b], sort[1]));
    this.#order = order;
    this.total = order.length;
    this.changed();
  }
}

const written = (value: Value): string => (value === null ? '' : String(value).toLowerCase());

function test({ op, value }: Filter): (cell: Value) => boolean {
  if (op === 'contains') {
    const needle = String(value).toLowerCase();
    return (cell) => written(cell).includes(needle);
  }
  if (op === 'is') return (cell) => cell !== null && String(cell) === String(value);
  const bound = Number(value);
  return (cell) => cell !== null && (op === '>=' ? Number(cell) >= bound : Number(cell) <= bound);
}

/** Missing values come last, whichever way the column is sorted. */
export function compare(a: Value, b: Value, descending: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const numbers = typeof a === 'number' && typeof b === 'number';
  const order = numbers ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true });
  return descending ? -order : order;
}
