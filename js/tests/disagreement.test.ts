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

const REGIONS = {
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

describe('regions above the table', () => {
  it('are sought once the rows are there, and only unasked where there are few rows', async () => {
    const few = new FakeModel(state({ regions: { sought: false, unasked: true, rows: 5000 } }));
    const one = render(disagreement, few);
    expect(few.state.seek).toBe(false);
    await wait(300);
    expect(few.state.seek).toBe(true);
    one.stop();
    const many = new FakeModel(state({ regions: { sought: false, unasked: false, rows: 1e6 } }));
    const { root, stop } = render(disagreement, many);
    await wait(300);
    expect(many.state.seek).toBe(false);
    expect(root.querySelector('.regions')?.textContent).toContain('1,000,000 rows');
    click(root.querySelector('.regions button') as Element);
    expect(many.state.seek).toBe(true);
    stop();
  });

  it('filter the table, and are let go by a second press or by their chip', () => {
    const model = new FakeModel(state({ regions: REGIONS }));
    const { all, root, stop } = render(disagreement, model);
    const [first, other] = all('.region');
    expect(first.textContent).toContain(`They part where ${HOSTILE}`);
    expect(first.textContent).toContain('31 %25 % to 38 %');
    expect(other.closest('details')).not.toBeNull();
    expect(root.querySelectorAll('img')).toHaveLength(0);
    click(first);
    expect(model.state.region).toBe(0);
    expect(asked(model).ticket).toBe(2);
    expect(first.getAttribute('aria-pressed')).toBe('true');
    click(first);
    expect(model.state.region).toBeNull();
    click(first);
    expect(root.querySelector('.chip')?.textContent).toBe(`where ${HOSTILE}×`);
    click(root.querySelector('.chip') as Element);
    expect(first.getAttribute('aria-pressed')).toBe('false');
    stop();
  });

  it('say so where disagreement is spread evenly', () => {
    const model = new FakeModel(state({ regions: { ...REGIONS, found: [] } }));
    const { root, stop } = render(disagreement, model);
    expect(root.querySelector('.regions')?.textContent).toContain('spread evenly');
    stop();
  });
});

describe('choosing several rows', () => {
  const line = (all: (css: string) => HTMLElement[], at: number) => all('.rows .line')[at];
  const held = (target: Element, more: MouseEventInit) =>
    target.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true, ...more }));
  const key = (target: Element, name: string, more: KeyboardEventInit = {}) =>
    target.dispatchEvent(
      new KeyboardEvent('keydown', { key: name, bubbles: true, composed: true, ...more })
    );

  it('adds by Ctrl, fills by Shift, and names how many there are', () => {
    const model = new FakeModel(state());
    const { all, root, stop } = render(disagreement, model);
    expect(root.querySelector('[role=grid]')?.getAttribute('aria-multiselectable')).toBe('true');
    click(line(all, 1));
    held(line(all, 4), { ctrlKey: true });
    expect([model.state.rows_chosen, model.state.row]).toEqual([[10, 40], 40]);
    held(line(all, 2), { shiftKey: true });
    expect([model.state.rows_chosen, model.state.row]).toEqual([[20, 30, 40], 20]);
    expect(root.querySelector('.chip')?.textContent).toBe('3 rows chosen×');
    held(line(all, 2), { metaKey: true });
    expect([model.state.rows_chosen, model.state.row]).toEqual([[30, 40], 40]);
    expect(all('[aria-selected=true]').map((one) => one.dataset.row)).toEqual(['30', '40']);
    click(root.querySelector('.chip') as Element);
    expect([model.state.rows_chosen, model.state.row]).toEqual([[], null]);
    stop();
  });

  it('goes by keyboard too, through rows and cells', () => {
    const model = new FakeModel(state());
    const { root, stop } = render(disagreement, model);
    const grid = root.querySelector('.grid') as HTMLElement;
    key(grid, ' ');
    key(grid, 'ArrowDown', { shiftKey: true });
    key(grid, 'ArrowDown', { shiftKey: true });
    expect([model.state.rows_chosen, model.state.row]).toEqual([[0, 10, 20], 20]);
    key(grid, ' ');
    expect(model.state.rows_chosen).toEqual([0, 10]);
    key(grid, 'End', { ctrlKey: true });
    expect(grid.getAttribute('aria-activedescendant')).toBe('row-311');
    key(grid, 'Home', { ctrlKey: true });
    key(grid, 'ArrowRight');
    expect(grid.getAttribute('aria-activedescendant')).toBe('cell-at');
    expect(root.querySelector('#cell-at')?.getAttribute('role')).toBe('rowheader');
    key(grid, 'End');
    expect(root.querySelector('#cell-at')?.textContent).toBe('job 0');
    key(grid, 'Escape');
    expect(model.state.rows_chosen).toEqual([]);
    stop();
  });

  it('asks the kernel for rows in between that are not at hand', () => {
    const model = new FakeModel(state());
    const { all, root, stop } = render(disagreement, model);
    click(line(all, 3));
    key(root.querySelector('.grid') as Element, 'End', { shiftKey: true });
    expect((model.state.span as number[]).slice(1)).toEqual([3, 312]);
    stop();
  });
});

describe('filters in words', () => {
  it('are chips that can be removed one by one, or all', async () => {
    const filters = [
      { column: 'teacher', op: 'is', value: 'no' },
      { column: 'student', op: 'is', value: 'yes' },
      { column: 'x:income', op: '>=', value: 5 },
      { column: 'x:income', op: '<=', value: 9 },
      { column: 'x:job', op: 'in', value: ['job 1', null] }
    ];
    const model = new FakeModel(state({ query: { filters, text: ' car ' } }));
    const { all, root, stop } = render(disagreement, model);
    const words = () => all('.chip').map((chip) => chip.textContent?.replace('×', ''));
    expect(words()).toEqual([
      'teacher says no, student yes',
      'income at least 5 and at most 9',
      'job is job 1 or missing',
      'any column holds “car”'
    ]);
    const income = root.querySelector('[aria-label="Filter income"]') as HTMLInputElement;
    expect(income.value).toBe('5..9');
    click(all('.chip')[0]);
    expect(asked(model).filters.map(({ column }) => column)).not.toContain('teacher');
    click(all('.chips .plain')[0]);
    expect(asked(model)).toMatchObject({ filters: [], text: '' });
    expect([income.value, words()]).toEqual(['', []]);
    stop();
  });

  it('are ticked among what a column holds', () => {
    const model = new FakeModel(state());
    const { all, root, stop } = render(disagreement, model);
    click(root.querySelector('[aria-label="What job holds"]') as Element);
    const { ticket } = model.state.count as { ticket: number };
    expect(model.state.count).toEqual({ column: 'x:job', ticket });
    const values = [
      ['job 1', 30],
      [HOSTILE, 2]
    ];
    model.set('counts', { column: 'x:job', ticket, rows: 33, values, more: 0, missing: 1 });
    const boxes = all('.panel input') as HTMLInputElement[];
    expect(all('.panel label').map((label) => label.textContent)).toEqual([
      'job 130',
      `${HOSTILE}2`,
      'missing1'
    ]);
    const tick = (at: number) => {
      boxes[at].checked = true;
      boxes[at].dispatchEvent(new Event('change'));
    };
    tick(0);
    expect(asked(model).filters).toEqual([{ column: 'x:job', op: 'is', value: 'job 1' }]);
    tick(2);
    expect(asked(model).filters).toEqual([{ column: 'x:job', op: 'in', value: ['job 1', null] }]);
    press(all('.panel')[0], 'Escape');
    expect(all('.panel')[0].hidden).toBe(true);
    stop();
  });

  it('choose one of the class pairs', () => {
    const pairs = [
      { teacher: 'no', student: 'yes', rows: 9 },
      { teacher: 'yes', student: 'no', rows: 3 }
    ];
    const model = new FakeModel(state({ pairs }));
    const { root, stop } = render(disagreement, model);
    const select = root.querySelector('select') as HTMLSelectElement;
    expect(select.options[2].textContent).toBe('teacher yes, student no (3 rows)');
    select.value = '1';
    select.dispatchEvent(new Event('change'));
    expect(asked(model).filters).toEqual([
      { column: 'teacher', op: 'is', value: 'yes' },
      { column: 'student', op: 'is', value: 'no' }
    ]);
    expect(root.querySelector('.chip')?.textContent).toBe('teacher says yes, student no×');
    stop();
  });

  it('leave the rows as they are where the kernel refuses the question', () => {
    const model = new FakeModel(state());
    const { all, root, stop } = render(disagreement, model);
    const grid = root.querySelector('.grid') as HTMLElement;
    click(all('[role=columnheader] button')[2]);
    expect(grid.classList.contains('waiting')).toBe(true);
    model.set('error', 'Expected a column');
    expect(grid.classList.contains('waiting')).toBe(false);
    expect(root.querySelector('[role=alert]')?.textContent).toBe('Expected a column');
    expect(ids(all).slice(0, 2)).toEqual([0, 10]);
    stop();
  });
});

describe('disagreement table without a kernel', () => {
  it('filters by region, counts by itself, and says how many rows it holds', () => {
    const held = { ...page(0, 0, 50, 50), held_of: 312 };
    const bits = wire(
      Array.from({ length: 50 }, (_, i) => (i < 8 ? 1 : 2)),
      'i4'
    );
    const model = new FakeModel(
      state({ live: false, page: { ...held, regions: bits }, regions: REGIONS })
    );
    const { all, root, stop } = render(disagreement, model);
    const line = () => root.querySelector('.count')?.textContent;
    expect(line()).toContain('This page holds 50 of 312 rows');
    click(all('.region')[0]);
    expect(line()).toContain('8 of 50 rows');
    click(root.querySelector('[aria-label="What income holds"]') as Element);
    expect(root.querySelector('.panel')?.textContent).toContain('in 8 rows');
    expect(root.querySelector('.panel')?.textContent).toContain('only missing (2)');
    stop();
  });

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
