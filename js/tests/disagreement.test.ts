import { describe, expect, it, vi } from 'vitest';
import disagreement from '../widgets/disagreement';
import { click, FakeModel, HOSTILE, press, render, wait } from './fakes';
import { asked, columns, ids, page, state } from './rows';

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

  it('says whether a filter or agreement leaves no row', () => {
    const model = new FakeModel(state({ page: page(1, 0, 0, 0) }));
    const { root, stop } = render(disagreement, model);
    expect(root.querySelector('.none')?.textContent).toBe('The two part in no row.');
    model.set('page', { ...page(2, 0, 0, 0), all: 312 });
    expect(root.querySelector('.none')?.textContent).toBe('No row passes all filters.');
    stop();
  });

  it('tells classes apart whose long names begin alike', () => {
    const names = ['no', 'yes, by the first of the officers', 'yes, by the first of the clerks'];
    const told = columns.map((column) => (column.classes ? { ...column, classes: names } : column));
    const cells = [[names[1]], [names[2]], [0.5], [1], ['job']];
    const one = { ...page(1, 0, 1, 1), cells };
    const { all, stop } = render(disagreement, new FakeModel(state({ columns: told, page: one })));
    const [teacher, student] = all('.rows [role=gridcell]');
    expect([teacher.textContent, student.textContent]).toEqual(['…officers', '…clerks']);
    expect(teacher.getAttribute('aria-label')).toBe(names[1]);
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

  it('follows what another view of the same table, or Python, has asked', async () => {
    const model = new FakeModel(state());
    const { root, all, stop } = render(disagreement, model);
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
    // whose answer may be on its way; if it is not, it is asked for
    expect(asked(model).ticket).toBe(9);
    await vi.waitFor(() => expect(asked(model).ticket).toBe(10));
    model.set('query', { ticket: 11, sort: ['kl', true] });
    model.set('page', page(11, 0, 20, 20));
    expect(all('[aria-sort=descending]')).toHaveLength(1);
    expect(root.querySelector('.count')?.textContent).toContain('20');
    await new Promise((done) => setTimeout(done, 400));
    expect(asked(model).ticket).toBe(11);
    stop();
  });

  it('sorts the rows that are here while the kernel does not answer, and says so', () => {
    vi.useFakeTimers();
    try {
      const model = new FakeModel(state({ page: page(1, 0, 20, 312) }));
      const { root, all, stop } = render(disagreement, model);
      const line = () => root.querySelector('p.count')?.textContent;
      const kl = all('[role=columnheader] button').find((head) => head.textContent === 'KL');
      click(kl as Element);
      vi.advanceTimersByTime(2_900);
      expect(ids(all)[0]).toBe(0);
      vi.advanceTimersByTime(200);
      expect(ids(all).slice(0, 3)).toEqual([190, 180, 170]);
      expect(line()).toContain('The kernel has not answered: of 312 rows these 20 are here');
      click(kl as Element);
      expect(ids(all).slice(0, 3)).toEqual([0, 10, 20]);
      // it does after all
      model.set('page', page(asked(model).ticket, 0, 50, 312));
      expect(line()).not.toContain('has not answered');
      stop();
    } finally {
      vi.useRealTimers();
    }
  });

  it('shows no disagreements as all rows while the kernel does not answer', () => {
    vi.useFakeTimers();
    try {
      const model = new FakeModel(state({ page: page(1, 0, 20, 20) }));
      const { root, all, stop } = render(disagreement, model);
      const line = () => root.querySelector('p.count')?.textContent;
      const [parted, whole] = all('.scopes button');
      const pressed = () => [parted, whole].map((one) => one.getAttribute('aria-pressed'));
      click(whole);
      expect(pressed()).toEqual(['false', 'true']);
      vi.advanceTimersByTime(3_100);
      expect(pressed()).toEqual(['true', 'false']);
      expect(line()).toBe('20 rows where they part. The kernel has not answered: all rows need it');
      // it is asked again, and not shown meanwhile
      click(whole);
      expect(asked(model).scope).toBe('all');
      expect(pressed()).toEqual(['true', 'false']);
      // it does after all
      model.set('page', page(asked(model).ticket, 0, 50, 5000));
      expect(pressed()).toEqual(['false', 'true']);
      expect(line()).toBe('5,000 rows');
      stop();
    } finally {
      vi.useRealTimers();
    }
  });

  it('takes the rows that are here for what they are in a notebook that was reopened', () => {
    vi.useFakeTimers();
    try {
      const query = { ticket: 9, scope: 'all' };
      const model = new FakeModel(state({ page: page(1, 0, 20, 20), query }));
      const { root, all, stop } = render(disagreement, model);
      vi.advanceTimersByTime(3_500);
      const pressed = all('.scopes button').map((one) => one.getAttribute('aria-pressed'));
      expect(pressed).toEqual(['true', 'false']);
      expect(root.querySelector('p.count')?.textContent).toContain('all rows need it');
      expect(ids(all).slice(0, 2)).toEqual([0, 10]);
      stop();
    } finally {
      vi.useRealTimers();
    }
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
