import type { Wire } from '../../shared/wire';

export type Value = number | string | boolean | null;

export interface Column {
  name: string;
  title: string;
  kind: 'numeric' | 'category' | 'boolean' | 'class' | 'measure';
  /** Of a class column: the names in the order that gives them their colours. */
  classes?: string[];
}

export interface PagePayload {
  ticket: number;
  start: number;
  /** Rows after the filters, rows in scope before them, and rows of the whole table. */
  total: number;
  all: number;
  rows?: number;
  row_ids: Wire;
  leaves: Wire;
  cells: Value[][];
}

export interface Filter {
  column: string;
  op: 'contains' | 'is' | '>=' | '<=';
  /** null: missing */
  value: string | number | boolean | null;
}

export type Scope = 'disagreements' | 'all';

/** What is asked of the rows, whichever part of the answer is on the screen. */
export interface Question {
  sort: [string, boolean] | null;
  filters: Filter[];
  text: string;
  scope: Scope;
}

export interface Query extends Question {
  ticket: number;
  start: number;
  stop: number;
}

export interface Row {
  id: number;
  leaf: number;
  cells: Value[];
}

/** Where rows come from: asked of the kernel in windows, or held in the page. */
export interface Source {
  total: number;
  all: number;
  rows: number | null;
  waiting: boolean;
  row(index: number): Row | null;
  /** A new question: the answer starts from its first row. */
  ask(question: Question): void;
  /** Rows from `start` up to `stop` are about to be seen. */
  want(start: number, stop: number): void;
}
