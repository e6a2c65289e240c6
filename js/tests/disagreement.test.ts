import { describe, expect, it } from 'vitest';
import known from '../../tests/search_cases.json';
import disagreement from '../widgets/disagreement';
import { filterText, parseFilter } from '../widgets/disagreement/filter';
import { LocalSource } from '../widgets/disagreement/local';
import { comparer } from '../widgets/disagreement/search';
import type { Column, Query, Question, Value } from '../widgets/disagreement/types';
import { click, common, FakeModel, fullTree, HOSTILE, press, render, wait, wire } from './fakes';

const classes = ['no', 'yes', HOSTILE];
const columns: Column[] = [
  { name: 'teacher', title: 'teacher', kind: 'class', classes },
  { name: 'student', title: 'student', kind: 'class', classes },
  { name: 'kl', title: 'KL', kind: 'measure' },
  { name: 'x:income', title: 'income', kind: 'numeric' },
  { name: 'x:job', title: 'job', kind: 'category' }
];

/** Rows `start` up to `stop` of a table whose row i has the id 10 i. */
function page(ticket: number, start: number, stop: number, total: number) {
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

const state = (more = {}) => ({
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
const asked = (model: FakeModel) => model.state.query as Query;
const ids = (all: (css: string) => HTMLElement[]) =>
  all('.rows .line').map((line) => Number(line.dataset.row));

describe('disagreement table with a kernel', () => {
  it('shows the first page without asking', () => {
    const model = new FakeModel(state());
    const { root, all, stop } = render(disagreement, model);
    expect(root.querySelector('.count')?.textContent).toBe('312 rows where they part, of 5,000');
    expect(model.log).toEqual([]);
    expect(ids(all).slice(0, 3)).toEqual([0, 10, 20]);
    expect(root.querySelector('[role=grid]')?.getAttribute('aria-rowcount')).toBe('314');
    expect(all('.missing')[0].textContent).toBe('missing');
    expect(root.querySelectorAll('img')).toHaveLength(0);
    expect(root.textContent).toContain(HOSTILE);
    stop();
  });

  it('asks for a sort with a new ticket and ignores answers to older questions', () => {
    const model = new FakeModel(state());
    const { all, root, stop } = render(disagreement, model);
    const head = all('[role=columnheader]')[3];
    click(head.querySelector('button') as Element);
    expect(asked(model)).toMatchObject({ ticket: 2, start: 0, sort: ['kl', true] });
    expect(head.getAttribute('aria-sort')).toBe('descending');
    click(head.querySelector('button') as Element);
    expect(asked(model)).toMatchObject({ ticket: 3, sort: ['kl', false] });
    model.set('page', page(2, 100, 150, 312));
    expect(ids(all)[0]).toBe(0);
    model.set('page', page(3, 0, 40, 40));
    expect(root.querySelector('.count')?.textContent).toBe('40 rows where they part, of 5,000');
    click(head.querySelector('button') as Element);
    expect(asked(model).sort).toBeNull();
    expect(head.hasAttribute('aria-sort')).toBe(false);
    stop();
  });

  it('asks for the window that is scrolled to, and keeps the one before', async () => {
    const model = new FakeModel(state());
    const { all, root, stop } = render(disagreement, model);
    const grid = root.querySelector('.grid') as HTMLElement;
    grid.scrollTop = 28 * 200;
    grid.dispatchEvent(new Event('scroll'));
    await wait(120);
    expect(asked(model)).toMatchObject({ ticket: 2, start: 160 });
    expect(asked(model).stop).toBeGreaterThan(210);
    expect(all('.rows [data-empty]').length).toBeGreaterThan(5);
    model.set('page', page(2, 160, 260, 312));
    expect(ids(all)[0]).toBe(2000);
    grid.scrollTop = 0;
    grid.dispatchEvent(new Event('scroll'));
    await wait(120);
    expect(ids(all)[0]).toBe(0);
    expect(asked(model).ticket).toBe(2);
    stop();
  });

  it('moves, chooses and lets go by keyboard and click', () => {
    const model = new FakeModel(state());
    const { all, root, stop } = render(disagreement, model);
    const grid = root.querySelector('.grid') as HTMLElement;
    press(grid, 'ArrowDown');
    press(grid, 'ArrowDown');
    expect(grid.getAttribute('aria-activedescendant')).toBe('row-2');
    press(grid, 'Enter');
    expect([model.state.row, model.state.leaf]).toEqual([20, 5]);
    expect(all('[aria-selected=true]').map((line) => line.dataset.row)).toEqual(['20']);
    press(grid, 'Escape');
    expect([model.state.row, model.state.leaf]).toEqual([null, null]);
    click(all('.rows .line')[1]);
    expect(model.state.row).toBe(10);
    press(grid, 'Home');
    expect(grid.getAttribute('aria-activedescendant')).toBe('row-0');
    stop();
  });

  it('filters after typing has paused, and marks what it cannot read', async () => {
    const model = new FakeModel(state());
    const { root, all, stop } = render(disagreement, model);
    const income = root.querySelector('[aria-label="Filter income"]') as HTMLInputElement;
    const type = async (text: string) => {
      income.value = text;
      income.dispatchEvent(new Event('input'));
      await wait(260);
    };
    await type('>= 5');
    expect(asked(model).filters).toEqual([{ column: 'x:income', op: '>=', value: 5 }]);
    await type('> five');
    expect(asked(model).filters).toEqual([]);
    expect(income.getAttribute('aria-invalid')).toBe('true');
    click(all('.scopes button')[1]);
    expect(asked(model).scope).toBe('all');
    stop();
  });

  it('names the chosen node, asks anew for it, and lets go of it', () => {
    const model = new FakeModel(state());
    const { root, stop } = render(disagreement, model);
    const chips = root.querySelector('.chips') as HTMLElement;
    expect(chips.hidden).toBe(true);
    model.set('node', 7);
    expect(chips.textContent).toBe('in node 7×');
    expect(asked(model).ticket).toBe(2);
    click(chips.querySelector('.chip') as Element);
    expect(model.state.node).toBeNull();
    expect(chips.hidden).toBe(true);
    stop();
  });

  it('follows what another view of the same table has asked', () => {
    const model = new FakeModel(state());
    const { all, stop } = render(disagreement, model);
    model.set('query', {
      ticket: 9,
      start: 0,
      stop: 50,
      sort: ['kl', false],
      filters: [],
      text: '',
      scope: 'all'
    });
    expect(all('[aria-sort=ascending]')).toHaveLength(1);
    expect(asked(model).ticket).toBe(10);
    stop();
  });

  it('reaches the last of a million rows', () => {
    const model = new FakeModel(state({ page: page(1, 0, 50, 1_000_000) }));
    const { root, stop } = render(disagreement, model);
    const rows = root.querySelector('.rows') as HTMLElement;
    expect(Number.parseFloat(rows.style.height)).toBeLessThanOrEqual(8_000_000);
    press(root.querySelector('.grid') as Element, 'End');
    expect(root.querySelector('#row-999999')).not.toBeNull();
    stop();
  });
});

describe('disagreement table without a kernel', () => {
  const local = () => state({ live: false, page: page(0, 0, 50, 50), tree: fullTree(2) });

  it('sorts and filters by itself, missing values last', async () => {
    const model = new FakeModel(local());
    const { all, root, stop } = render(disagreement, model);
    expect(root.querySelector('.scopes')?.hasAttribute('hidden')).toBe(true);
    const income = all('[role=columnheader]')[4].querySelector('button') as Element;
    click(income);
    expect(ids(all)[0]).toBe(490);
    click(income);
    expect(ids(all)[0]).toBe(10);
    const search = root.querySelector('[type=search]') as HTMLInputElement;
    search.value = 'job 6';
    search.dispatchEvent(new Event('input'));
    await wait(260);
    expect(root.querySelector('.count')?.textContent).toContain('7 of 50 rows');
    expect(asked(model)).toEqual({});
    stop();
  });

  it('keeps the rows of the leaves below the chosen node', () => {
    const model = new FakeModel(local());
    const { root, stop } = render(disagreement, model);
    model.set('node', 1);
    expect(root.querySelector('.count')?.textContent).toContain('26 of 50 rows');
    stop();
  });
});

interface Cases {
  columns: (Omit<Column, 'title'> & { cells: Value[] })[];
  cases: { ask: Partial<Question>; rows: number[] }[];
}

describe('a page without a kernel finds the rows that the kernel finds', () => {
  // read by tests/test_export_rows.py too
  const { columns, cases } = known as Cases;
  const n = columns[0].cells.length;
  // the page holds its rows in another order than their owner
  const order = Array.from({ length: n }, (_, i) => n - 1 - i);
  const found = (ask: Partial<Question>) => {
    const source = new LocalSource(
      {
        ticket: 0,
        start: 0,
        total: n,
        all: n,
        row_ids: wire(order, 'i4'),
        leaves: wire(Array(n).fill(0), 'i4'),
        cells: columns.map(({ cells }) => order.map((i) => cells[i]))
      },
      columns.map(({ name, kind }) => ({ name, kind, title: name })),
      () => true,
      () => {}
    );
    source.ask({ sort: null, filters: [], text: '', scope: 'all', ...ask });
    return Array.from({ length: source.total }, (_, i) => source.row(i)?.id);
  };

  it.each(cases)('$ask', ({ ask, rows }) => {
    expect(found(ask)).toEqual(rows);
  });
});

describe('filters', () => {
  const [, , kl, income, job] = columns;
  it('are read from what was typed, and written back', () => {
    expect(parseFilter(job, ' car ')).toEqual([{ column: 'x:job', op: 'contains', value: 'car' }]);
    expect(parseFilter(income, '<=1,000')).toEqual([{ column: 'x:income', op: '<=', value: 1000 }]);
    expect(parseFilter(income, '52')).toEqual([{ column: 'x:income', op: 'is', value: 52 }]);
    expect(parseFilter(kl, '0.1..0.2')).toHaveLength(2);
    expect(parseFilter(kl, '> 3')).toBeNull();
    expect(parseFilter(income, 'Missing')).toEqual([{ column: 'x:income', op: 'is', value: null }]);
    expect(filterText(parseFilter(income, 'missing') ?? [], 'x:income')).toBe('missing');
    expect(filterText(parseFilter(kl, '0.1..0.2') ?? [], 'kl')).toBe('0.1..0.2');
    expect(filterText(parseFilter(income, '>=5') ?? [], 'x:income')).toBe('>= 5');
  });

  it('sort missing values last both ways', () => {
    expect([3, null, 1].sort(comparer(income, false))).toEqual([1, 3, null]);
    expect([3, null, 1].sort(comparer(income, true))).toEqual([3, 1, null]);
  });
});
