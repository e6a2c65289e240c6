import { describe, expect, it } from 'vitest';
import known from '../../tests/search_cases.json';
import disagreement from '../widgets/disagreement';
import { filterText, parseFilter } from '../widgets/disagreement/filter';
import { LocalSource } from '../widgets/disagreement/local';
import { comparer } from '../widgets/disagreement/search';
import type { Column, Question, Value } from '../widgets/disagreement/types';
import { click, FakeModel, fullTree, render, wait, wire } from './fakes';
import { asked, columns, ids, page, REGIONS, state } from './rows';

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
    expect(line()).toContain('where they part on this page, which holds the first 50 of 312');
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
