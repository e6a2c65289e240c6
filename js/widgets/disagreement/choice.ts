import type { Traits } from '../../shared/model';
import type { DisagreementModel } from '../disagreement';
import type { How } from './grid';
import type { Source } from './types';

/** Which rows are chosen, as a person adds to them or takes away. */
export class Choice {
  /** Where a range begins: the line that was chosen last by itself. */
  #anchor: number | null = null;

  constructor(readonly traits: Traits<DisagreementModel>) {}

  get rows(): number[] {
    const chosen = this.traits.get('rows_chosen') ?? [];
    const row = this.traits.get('row') ?? null;
    return chosen.length || row === null ? chosen : [row];
  }

  /** The order of the rows is another one: a range begins anew. */
  forget(): void {
    this.#anchor = null;
  }

  clear(): void {
    this.#anchor = null;
    this.traits.set({ rows_chosen: [], row: null, leaf: null });
  }

  act(how: How, index: number, active: number, source: Source | null): void {
    if (how === 'none') {
      this.clear();
      return;
    }
    const row = source?.row(index) ?? null;
    if (how === 'range') {
      this.#anchor ??= active;
      if (source) this.#range(this.#anchor, index, source);
      return;
    }
    if (!row) return;
    this.#anchor = index;
    const now = this.rows;
    const has = now.includes(row.id);
    if (how === 'alone') {
      if (has && now.length === 1) this.clear();
      else this.#set([row.id], row.id, row.leaf);
      return;
    }
    if (!has) {
      this.#set([...now, row.id], row.id, row.leaf);
      return;
    }
    const rest = now.filter((id) => id !== row.id);
    const last = rest.at(-1) ?? null;
    this.#set(rest, last, this.#leafOf(last, source));
  }

  #range(from: number, to: number, source: Source): void {
    const [start, stop] = [Math.min(from, to), Math.max(from, to) + 1];
    const rows: number[] = [];
    for (let index = start; index < stop; index++) {
      const row = source.row(index);
      // not all of them are at hand: the kernel knows them
      if (!row) {
        source.span(start, stop);
        return;
      }
      rows.push(row.id);
    }
    const end = source.row(to);
    this.#set(rows, end?.id ?? null, end?.leaf ?? null);
  }

  /** Of a row that is out of sight the kernel finds the leaf. */
  #leafOf(id: number | null, source: Source | null): number | null {
    for (let index = 0; id !== null && index < (source?.total ?? 0); index++) {
      const row = source?.row(index);
      if (row?.id === id) return row.leaf;
      if (!row && index > 2000) return null;
    }
    return null;
  }

  #set(rows_chosen: number[], row: number | null, leaf: number | null): void {
    this.traits.set({ rows_chosen, row, leaf });
  }
}
