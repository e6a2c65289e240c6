import type { Wire } from '../../shared/wire';

export type Value = number | string | boolean | null;

export interface Column {
  name: string;
  title: string;
  kind: 'numeric' | 'category' | 'boolean' | 'class' | 'measure' | 'leaf';
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
  /** In an exported page: of how many rows it holds the first ones, and the regions of each. */
  held_of?: number;
  regions?: Wire;
  row_ids: Wire;
  leaves: Wire;
  cells: Value[][];
}

export interface Filter {
  column: string;
  op: 'contains' | 'is' | 'in' | '>=' | '<=';
  /** null: missing; a list for `in` alone */
  value: Value | Value[];
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

/** What the two name where they part, and in how many rows. */
export interface Pair {
  teacher: string;
  student: string;
  rows: number;
}

/** A rule under which the two part more often. */
export interface Region {
  number: number;
  rule: string;
  rate: (number | null)[];
  elsewhere: number | null;
  rows: number;
  clear: boolean;
  right: string;
  /** Rows of the whole table in it where the two part. */
  apart: number;
}

export interface Regions {
  sought: boolean;
  /** Before: whether a view may seek without being asked. */
  unasked?: boolean;
  rows?: number;
  numbers?: boolean;
  rate?: number;
  measured?: string;
  found?: Region[];
  notes?: string[];
}

/** What a column holds in the rows that all other filters let through. */
export interface Counted {
  column: string;
  ticket?: number;
  rows: number;
  missing: number;
  values?: [Value, number][];
  more?: number;
  low?: number;
  high?: number;
  bins?: number[];
}

/** Where rows come from: asked of the kernel in windows, or held in the page. */
export interface Source {
  total: number;
  all: number;
  rows: number | null;
  waiting: boolean;
  /** In an exported page: how many rows it holds, and of how many these are the first. */
  held: [number, number] | null;
  /** Whether the kernel has not answered, so that only these rows are shown. */
  silent?: boolean;
  /** Which rows are shown, if not always those that were asked for. */
  scope?: Scope;
  /** Whether all rows were asked for, which only the kernel has. */
  beyond?: boolean;
  row(index: number): Row | null;
  /** Says what a column holds, as soon as it is known. */
  count(column: Column, then: (counted: Counted) => void): void;
  /** Chooses all rows from `start` up to `stop`, of which not all are at hand. */
  span(start: number, stop: number): void;
  /** A new question: the answer starts from its first row. */
  ask(question: Question): void;
  /** Rows from `start` up to `stop` are about to be seen. */
  want(start: number, stop: number): void;
}
