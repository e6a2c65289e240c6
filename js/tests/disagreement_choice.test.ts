import { describe, expect, it } from 'vitest';
import disagreement from '../widgets/disagreement';
import { click, FakeModel, HOSTILE, press, render, wait } from './fakes';
import { asked, ids, REGIONS, state } from './rows';

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
    expect(first.textContent).toContain('31.0\u00a0%25.0 to 38.0\u00a0%');
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
