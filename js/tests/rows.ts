// A table of rows as the kernel sends it, for the tests of its view.
import type { Column, Query } from '../widgets/disagreement/types';
import { common, type FakeModel, HOSTILE, wire } from './fakes';

const classes = ['no', 'yes', HOSTILE];
export const columns: Column[] = [
  { name: 'teacher', title: 'teacher', kind: 'class', classes },
  { name: 'student', title: 'student', kind: 'class', classes },
  { name: 'kl', title: 'KL', kind: 'measure' },
  { name: 'x:income', title: 'income', kind: 'numeric' },
  { name: 'x:job', title: 'job', kind: 'category' }
];

/** Rows `start` up to `stop` of a table whose row i has the id 10 i. */
export function page(ticket: number, start: number, stop: number, total: number) {
  const rows = Array.from({ length: stop - start }, (_, i) => start + i);
  return {
    ticket,
    start,
    total,
    all: total,
    rows: 5000,
    row_ids: wire(
      rows.map((i) => 10 * i),
      'i4'
    ),
    leaves: wire(
      rows.map((i) => 3 + (i % 4)),
      'i4'
    ),
    cells: [
      rows.map((i) => (i % 3 === 0 ? HOSTILE : 'no')),
      rows.map(() => 'yes'),
      rows.map((i) => i / total),
      rows.map((i) => (i % 5 === 0 ? null : 1000 * i)),
      rows.map((i) => `job ${i % 7}`)
    ]
  };
}

export const state = (more = {}) => ({
  ...common,
  columns,
  page: page(1, 0, 50, 312),
  row: null,
  node: null,
  leaf: null,
  rows_chosen: [],
  region: null,
  regions: {},
  pairs: [],
  counts: {},
  query: {},
  seek: false,
  count: {},
  span: [],
  ...more
});
export const asked = (model: FakeModel) => model.state.query as Query;
export const ids = (all: (css: string) => HTMLElement[]) =>
  all('.rows .line').map((line) => Number(line.dataset.row));

export const REGIONS = {
  sought: true,
  numbers: false,
  rate: 0.1,
  measured: '900 held-out rows',
  found: [
    { number: 0, rule: HOSTILE, rate: [0.31, 0.25, 0.38], elsewhere: 0.06, rows: 120, clear: true },
    { number: 1, rule: 'age > 60', rate: [0.1, 0.05, 0.2], elsewhere: 0.08, rows: 40, clear: false }
  ].map((one) => ({ ...one, right: 'truth not known', apart: 12 })),
  notes: []
};
