import type { Traits } from '../../shared/model';
import { debounce } from '../../shared/schedule';
import { decode } from '../../shared/wire';
import type { DisagreementModel } from '../disagreement';
import type { Column, Counted, PagePayload, Question, Row, Source, Value } from './types';

/** Rows asked for beyond what is in sight, so that a short scroll needs no new answer. */
const AHEAD = 40;
/** Windows kept: a glance back costs nothing. */
const KEPT = 8;
/** A kernel that is not busy has answered by then. */
const PATIENCE = 300;

interface Window {
  ticket: number;
  start: number;
  ids: Int32Array;
  leaves: Int32Array;
  cells: Value[][];
}

/** Asks the kernel for windows by `query` and takes its answers from `page`. */
export class KernelSource implements Source {
  total = 0;
  all = 0;
  rows: number | null = null;
  held = null;
  waiting = false;
  #then: ((counted: Counted) => void) | null = null;
  #windows: Window[] = [];
  #question: Question;
  #ticket: number;
  /** Answers to tickets before this one belong to an older question: too late. */
  #oldest: number;
  #wanted: [number, number] = [0, 0];
  #asked: [number, number] | null = null;
  #send: () => void;

  constructor(
    readonly traits: Traits<DisagreementModel>,
    question: Question,
    readonly changed: () => void
  ) {
    const asked = traits.get('query')?.ticket ?? 0;
    const answered = traits.get('page')?.ticket ?? 0;
    this.#ticket = Math.max(asked, answered);
    this.#oldest = this.#ticket;
    this.#question = question;
    this.#send = debounce(traits.signal, 40, () => this.#request());
    traits.on(['page'], () => this.#take());
    traits.on(['counts'], () => this.#counted());
    traits.on(['error'], () => this.#refused());
    this.#take();
    if (this.#windows.length) return;
    // the answer to what somebody else has asked may be on its way; if it is not: ask (again)
    this.waiting = true;
    debounce(traits.signal, PATIENCE, () => this.#windows.length || this.ask(this.#question))();
  }

  row(index: number): Row | null {
    for (const { start, ids, leaves, cells } of this.#windows) {
      const at = index - start;
      if (at < 0 || at >= ids.length) continue;
      return { id: ids[at], leaf: leaves[at], cells: cells.map((column) => column[at]) };
    }
    return null;
  }

  ask(question: Question): void {
    this.#question = question;
    this.#wanted = [0, AHEAD];
    this.#oldest = this.#ticket + 1;
    this.#request();
  }

  count(column: Column, then: (counted: Counted) => void): void {
    this.#then = then;
    this.#ticket += 1;
    this.traits.set({ count: { column: column.name, ticket: this.#ticket } });
  }

  span(start: number, stop: number): void {
    this.#ticket += 1;
    this.traits.set({ span: [this.#ticket, start, stop] });
  }

  #counted(): void {
    const counted = this.traits.get('counts');
    const asked = this.traits.get('count')?.ticket;
    if (counted?.column && counted.ticket === asked) this.#then?.(counted as Counted);
  }

  /** What was asked last has no answer: the rows that are there stand, and may be asked again. */
  #refused(): void {
    if (!this.traits.get('error') || !this.waiting) return;
    this.waiting = false;
    this.#asked = null;
    this.changed();
  }

  want(start: number, stop: number): void {
    this.#wanted = [start, Math.min(stop, this.total)];
    if (!this.#missing() || this.#underWay()) return;
    // the first of several is asked for at once, the others when the scrolling pauses
    if (this.#asked) this.#send();
    else this.#request();
  }

  #missing(): boolean {
    for (let i = this.#wanted[0]; i < this.#wanted[1]; i++) if (!this.#holds(i)) return true;
    return false;
  }

  #holds = (index: number): boolean =>
    this.#windows.some(({ start, ids }) => index >= start && index < start + ids.length);

  #underWay(): boolean {
    const asked = this.#asked;
    return !!asked && asked[0] <= this.#wanted[0] && asked[1] >= this.#wanted[1];
  }

  #request(): void {
    const start = Math.max(0, this.#wanted[0] - AHEAD);
    const stop = this.#wanted[1] + AHEAD;
    this.#ticket += 1;
    this.#asked = [start, stop];
    this.waiting = true;
    this.traits.set({ query: { ticket: this.#ticket, start, stop, ...this.#question } });
    this.changed();
  }

  #take(): void {
    const page = this.traits.get('page') as PagePayload | undefined;
    if (!page?.row_ids || page.ticket < this.#oldest) return;
    const fresh: Window = {
      ticket: page.ticket,
      start: page.start,
      ids: decode(page.row_ids, 'i4'),
      leaves: decode(page.leaves, 'i4'),
      cells: page.cells
    };
    // A page pushed again under its ticket, or with another total, means that the rows themselves
    // have changed: what was kept is no longer true.
    const changed = page.total !== this.total || page.all !== this.all;
    this.#windows = this.#windows.filter(
      ({ ticket }) => !changed && ticket >= this.#oldest && ticket !== page.ticket
    );
    this.#windows.unshift(fresh);
    this.#windows.length = Math.min(this.#windows.length, KEPT);
    this.total = page.total;
    this.all = page.all;
    this.rows = page.rows ?? null;
    if (page.ticket >= this.#ticket) {
      this.#ticket = page.ticket;
      this.#asked = null;
      this.waiting = false;
    }
    this.changed();
  }
}
