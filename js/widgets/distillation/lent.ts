import { count } from '../../shared/format';
import { type AnyModel, Traits } from '../../shared/model';
import { atEnd, frame } from '../../shared/schedule';
import type { TreePayload } from '../../shared/tree';
import { decode, type Wire } from '../../shared/wire';
import {
  type FollowModel,
  fidelityAt,
  type Grid,
  granted,
  gridOf,
  pick,
  temperatureAt,
  treeAt,
  wishOf
} from '../temperature/grid';
import type { Summary } from './header';
import { leafIn } from './leaf';
import { retold } from './retold';
import { readTrees, saysOf, type TreesPayload } from './trees';

/** The grid as it stands in a page that shows the student too. */
interface StudentsPayload extends Grid {
  trees?: TreesPayload;
  /** The leaf of every row that the page holds, in every tree. */
  leaves?: Wire;
  /** What the head says of every student alike. */
  head?: Partial<Summary>;
}

/** What another student changes; node, leaf and folded are of its tree, and told to nobody. */
const NAMES = ['tree', 'node', 'leaf', 'folded', 'summary', 'distilled_at', 'page'];
/** Which of them comes says of which row it is. */
const ANSWERS = ['path', 'decided', 'reasons'];
/**
 * What is held here stands in by then, sooner than shared/silence.ts says that a kernel is silent: it
 * is true of what is asked for, and an answer that comes late takes its place.
 */
const PATIENCE = 400;

/**
 * A model that lends the student of the grid which the sliders stand for, until the model itself
 * holds it: for ever where there is no kernel. What the kernel knows stays as it is beneath.
 */
export class LentModel implements AnyModel {
  #lent: Record<string, unknown> | null = null;
  #place: number | null = null;
  #heard = new Map<string, Set<() => void>>();
  #traits: Traits<FollowModel>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  /** Whether it is not known which leaf holds the chosen row: then no other is shown for it. */
  #unknown = false;

  constructor(
    readonly base: AnyModel,
    signal: AbortSignal,
    /** Told what there is to know of the rows, and whether they are of another student. */
    readonly tell: (text: string, stale: boolean) => void
  ) {
    this.#traits = new Traits<FollowModel>(base, signal);
    const heard = new Traits<Record<string, unknown>>(base, signal);
    for (const name of NAMES) heard.on([name], () => this.#lent || this.#fire(name));
    const choose = frame(signal, () => this.#choose());
    this.#traits.on(['temperature', 'student_size', 'follow', 'grid'], choose);
    // what the kernel has sent is judged before it is drawn
    this.#traits.on(['shown'], () => this.#choose());
    heard.on(['row'], () => this.#followRow());
    heard.on(ANSWERS, () => this.#unknown && this.#answered() && this.#miss(false));
    atEnd(signal, () => {
      clearTimeout(this.#timer);
      clearTimeout(this.#waiting);
    });
  }

  get(name: string): unknown {
    if (name === 'leaf' && this.#unknown) return null;
    return this.#lent && name in this.#lent ? this.#lent[name] : this.base.get(name);
  }

  set(name: string, given: unknown): void {
    let value = given;
    if (name === 'leaf') {
      // who has chosen the row knows its leaf
      clearTimeout(this.#waiting);
      this.#unknown = false;
      // but the rows of another student lie in its leaves
      if (this.#lent && !('page' in this.#lent)) value = null;
    }
    if (!this.#lent || !NAMES.includes(name)) this.base.set(name, value);
    else if (this.#lent[name] !== value) {
      this.#lent[name] = value;
      this.#fire(name);
    }
  }

  save_changes(): void {
    this.base.save_changes();
  }

  on(event: string, callback: () => void): void {
    const name = event.replace('change:', '');
    if (!NAMES.includes(name)) this.base.on(event, callback);
    else this.#heard.set(name, (this.#heard.get(name) ?? new Set()).add(callback));
  }

  off(event: string, callback: () => void): void {
    const name = event.replace('change:', '');
    if (!NAMES.includes(name)) this.base.off(event, callback);
    else this.#heard.get(name)?.delete(callback);
  }

  #fire(name: string): void {
    for (const callback of [...(this.#heard.get(name) ?? [])]) callback();
  }

  #choose(): void {
    clearTimeout(this.#timer);
    const wish = wishOf(this.#traits);
    const grid = gridOf(this.#traits) as StudentsPayload | null;
    const found =
      grid?.trees && wish && !granted(this.#traits.get('shown'), wish) ? pick(grid, wish) : null;
    if (!grid || !found) {
      this.#take(null, null);
      return;
    }
    const take = () => this.#take(found.place, grid);
    if (!this.#traits.get('live') || found.exact) take();
    else this.#timer = setTimeout(take, PATIENCE);
  }

  #take(place: number | null, grid: StudentsPayload | null): void {
    if (place === this.#place) return;
    this.#place = place;
    this.#unknown = false;
    this.#lent = place === null || !grid ? null : this.#of(grid, place);
    this.tell(this.#lent ? this.#ofRows() : '', !!this.#lent && !('page' in this.#lent));
    for (const name of NAMES) this.#fire(name);
  }

  #of(grid: StudentsPayload, place: number): Record<string, unknown> {
    const at = treeAt(grid, place);
    const { rows = null } = (this.base.get('tree') ?? {}) as Partial<TreePayload>;
    const tree = readTrees(grid.trees as TreesPayload, at, rows);
    const t = temperatureAt(grid, place);
    const lent: Record<string, unknown> = { tree, node: null, folded: [], leaf: null };
    if (t !== null) lent.distilled_at = t;
    const head = grid.head;
    const { shows, chosen } = (this.base.get('summary') ?? {}) as Partial<Summary>;
    lent.summary = head?.teacher
      ? {
          ...head,
          shows,
          chosen,
          size: grid.reached[place],
          temperature: t,
          fidelity: fidelityAt(grid, place),
          notes: [...(head.notes ?? []), ...(grid.searched[place] ? [] : [QUICK])]
        }
      : (this.base.get('summary') ?? {});
    if (grid.leaves) {
      const n = grid.leaves.shape[1];
      const says = saysOf(grid.trees as TreesPayload, at);
      const all = leavesOf(grid.leaves);
      lent.page = retold(this.base, says, all.subarray(at * n, (at + 1) * n));
      lent.leaf = this.#leafIn(lent.page);
    }
    return lent;
  }

  /** What there is to know of the rows of a lent student. */
  #ofRows(): string {
    const { row_ids, rows } = this.base.get('page') as { row_ids: Wire; rows: number };
    if (this.#lent && !('page' in this.#lent)) {
      return 'These rows are still those of the student before; they wait for the kernel.';
    }
    const n = row_ids.shape[0];
    if (n >= rows) return '';
    return (
      `This file holds ${count(n)} of ${count(rows)} rows: those where the student that it was ` +
      'written of is furthest from its teacher.'
    );
  }

  #leafIn(page: unknown): number | null {
    return leafIn(page, this.base.get('row'));
  }

  #followRow(): void {
    clearTimeout(this.#waiting);
    if (this.#unknown) this.#miss(false);
    if (this.#lent) {
      this.set('leaf', 'page' in this.#lent ? this.#leafIn(this.#lent.page) : null);
    } else if (!this.#answered()) {
      const pause = this.#traits.get('live') ? PATIENCE : 0;
      this.#waiting = setTimeout(() => this.#followHere(), pause);
    }
  }

  /** Whether the kernel has said all that there is to know of the chosen row. */
  #answered(): boolean {
    const row = this.base.get('row') ?? null;
    const of = (name: string) => (this.base.get(name) as { row?: number } | undefined)?.row;
    return row === null || ANSWERS.some((name) => of(name) === row);
  }

  /** The kernel does not answer: the leaf is taken from the rows that are here, or is not known. */
  #followHere(): void {
    const { shows = 'tree' } = (this.base.get('summary') ?? {}) as Partial<Summary>;
    if (this.#lent || this.#answered() || (shows !== 'tree' && shows !== 'rules')) return;
    const leaf = this.#leafIn(this.base.get('page'));
    if (leaf !== null) this.base.set('leaf', leaf);
    else this.#miss(true);
  }

  #miss(unknown: boolean): void {
    this.#unknown = unknown;
    this.#fire('leaf');
    const why = this.#traits.get('live')
      ? 'The kernel has not answered, and'
      : 'This needs a kernel:';
    const text = `${why} row ${this.base.get('row')} is not among those that are here.`;
    this.tell(unknown ? text : '', unknown);
  }
}

const QUICK =
  'This student is a quick fit: fitted once, without the search of a distillation. What else is ' +
  'to be known of it was not looked for.';

const known = new WeakMap<Wire, Int32Array | Uint8Array>();

function leavesOf(wire: Wire): Int32Array | Uint8Array {
  let found = known.get(wire);
  if (!found) {
    found = wire.dtype === 'u1' ? decode(wire, 'u1') : decode(wire, 'i4');
    known.set(wire, found);
  }
  return found;
}
