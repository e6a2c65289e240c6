import type { Traits } from '../../shared/model';
import { debounce } from '../../shared/schedule';
import { decode, type Wire } from '../../shared/wire';
import type { DisagreementModel } from '../disagreement';
import { holdsAgreement } from './held';
import type { Column, Counted, PagePayload, Question, Row, Scope, Source, Value } from './types';

/** Rows asked for beyond what is in sight, so that a short scroll needs no new answer. */
const AHEAD = 40;
/** Windows kept: a glance back costs nothing. */
const KEPT = 8;
/** A kernel that is not busy has answered by then. */
const PATIENCE = 300;
/** After this long without an answer the rows that are here have to do. */
const SILENT = 3_000;

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
  held: [number, number] | null = null;
  waiting = false;
  scope: Scope;
  beyond = false;
  /** Which rows the kept ones are of, and which were asked for last. */
  #of: Scope;
  #sent: Scope;
  /** The rows that are here, while the kernel does not answer. */
  #here: Source | null = null;
  #listen: () => void;
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
    readonly changed: () => void,
    readonly local: (page: PagePayload) => Source
  ) {
    const asked = traits.get('query')?.ticket ?? 0;
    const answered = traits.get('page')?.ticket ?? 0;
    this.#ticket = Math.max(asked, answered);
    this.#oldest = this.#ticket;
    this.#question = question;
    this.scope = this.#of = this.#sent = question.scope;
    this.#send = debounce(traits.signal, 40, () => this.#request());
    this.#listen = debounce(traits.signal, SILENT, () => this.waiting && this.#giveUp());
    traits.on(['page'], () => this.#take());
    traits.on(['counts'], () => this.#counted());
    traits.on(['error'], () => this.#refused());
    this.#take();
    if (this.#windows.length) return;
    // the answer to what somebody else has asked may be on its way; if it is not: ask (again)
    this.waiting = true;
    debounce(traits.signal, PATIENCE, () => this.#windows.length || this.ask(this.#question))();
  }

  get silent(): boolean {
    return this.#here !== null;
  }

  row(index: number): Row | null {
    if (this.#here) return this.#here.row(index);
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
    if (this.#here) this.#answerHere(this.#here);
  }

  /** What is kept of all windows, sorted and filtered here until the kernel speaks again. */
  #giveUp(): void {
    const page = this.traits.get('page') as PagePayload | undefined;
    if (!this.#windows.length && page?.row_ids) {
      // it answers an older question, of which nothing more is known
      this.#windows = [windowOf(page)];
      this.all = page.all;
      this.#of = holdsAgreement(page, this.traits.get('columns')) ? 'all' : 'disagreements';
    }
    const seen = new Set<number>();
    const kept: [Window, number][] = [];
    for (const window of this.#windows) {
      window.ids.forEach((id, at) => {
        if (!seen.has(id)) kept.push([window, at]);
        seen.add(id);
      });
    }
    if (!kept.length) return;
    const wire = (of: (window: Window) => Int32Array): Wire => {
      const data = Int32Array.from(kept, ([window, at]) => of(window)[at]);
      return { dtype: 'i4', shape: [kept.length], data };
    };
    const cells = this.#windows[0].cells.map((_, j) =>
      kept.map(([window, at]) => window.cells[j][at])
    );
    const held = { ticket: 0, start: 0, total: kept.length, all: kept.length, cells };
    const [row_ids, leaves] = [wire(({ ids }) => ids), wire((window) => window.leaves)];
    this.#here = this.local({ ...held, row_ids, leaves });
    this.held = [kept.length, this.all];
    this.#answerHere(this.#here);
  }

  #answerHere(here: Source): void {
    const { scope } = this.#question;
    this.scope = this.#of === 'all' || this.#holdsAll() ? scope : this.#of;
    this.beyond = this.scope !== scope;
    here.ask({ ...this.#question, scope: this.scope });
    this.total = here.total;
    this.all = here.all;
    this.waiting = false;
    this.changed();
  }

  /** Whether no row is left out: numbers part in every row. */
  #holdsAll(): boolean {
    const { held, rows } = this;
    return held !== null && rows !== null && held[0] >= rows;
  }

  count(column: Column, then: (counted: Counted) => void): void {
    if (this.#here) {
      this.#here.count(column, then);
      return;
    }
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
    if (this.#here) return;
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
    this.#sent = this.#question.scope;
    this.waiting = true;
    this.#listen();
    this.traits.set({ query: { ticket: this.#ticket, start, stop, ...this.#question } });
    this.changed();
  }

  #take(): void {
    const page = this.traits.get('page') as PagePayload | undefined;
    if (!page?.row_ids || page.ticket < this.#oldest) return;
    this.#here = this.held = null;
    this.scope = this.#of = this.#sent;
    this.beyond = false;
    const fresh = windowOf(page);
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

const windowOf = (page: PagePayload): Window => ({
  ticket: page.ticket,
  start: page.start,
  ids: decode(page.row_ids, 'i4'),
  leaves: decode(page.leaves, 'i4'),
  cells: page.cells
});
