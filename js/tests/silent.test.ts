import { describe, expect, it } from 'vitest';
import { defineView } from '../shared/view';
import { LentModel } from '../widgets/distillation/lent';
import { STUDENTS } from '../widgets/distillation/parts';
import tree from '../widgets/tree';
import { common, FakeModel, fullTree, render, wait, wire } from './fakes';

const state = (more = {}) => ({
  ...common,
  tree: fullTree(2),
  node: null,
  row: 5,
  leaf: 3,
  folded: [],
  path: { row: 5, steps: [], narrowest: null },
  depth: null,
  colour: 'student',
  search: '',
  ...more
});
const page = { rows: 2, row_ids: wire([7, 5], 'i4'), leaves: wire([6, 3], 'i4') };

/** The sliders stand for a student of two leaves that is held without the leaves of the rows. */
const slid = {
  temperature: 1,
  student_size: 2,
  follow: false,
  shown: { ticket: 0, temperature: 1, size: 3 },
  grid: {
    temperatures: [1],
    sizes: [2, 3],
    reached: [2, 3],
    temperature_of: [0, 0],
    size_of: [0, 1],
    searched: [true, true],
    fidelity: wire([0.8, 0.7, 0.9, 0.9, 0.8, 1], 'f4', [2, 3]),
    tree_of: wire([0, -1], 'i4'),
    trees: {
      classes: ['no', 'yes'],
      names: ['teacher', 'student'],
      columns: ['a'],
      feature: wire([0, 1, 1], 'i4'),
      full: [{}],
      words: ['', ' <= 1', ' > 1'],
      starts: wire([0, 3], 'i4'),
      tails: wire([0, 1, 2], 'i4'),
      left: wire([1, -1, -1], 'i4'),
      right: wire([2, -1, -1], 'i4'),
      support: wire([4, 2, 2], 'f4'),
      agreement: wire([1, 1, 1], 'f4'),
      teacher: wire([0.5, 0.5, 0.9, 0.1, 0.2, 0.8], 'f4', [3, 2]),
      student: wire([0.5, 0.5, 0.9, 0.1, 0.2, 0.8], 'f4', [3, 2])
    }
  }
};

describe('a chosen row of which a kernel says nothing', () => {
  it('leaves no way of another row in a tree by itself, and is said', async () => {
    const model = new FakeModel(state());
    const { all, root, stop } = render(tree, model);
    const lit = () => all('.node.lit').map((node) => node.dataset.node);
    expect(lit()).toEqual(['0', '1', '3']);
    model.set('row', 8);
    await wait(1_100);
    expect(lit()).toEqual([]);
    expect(root.textContent).toContain('The kernel has not answered: what row 8 has');
    // it was only slow, and the leaf is the one that it was
    model.set('path', { row: 8, steps: [], narrowest: null });
    expect(lit()).toEqual(['0', '1', '3']);
    expect(root.textContent).not.toContain('has not answered');
    stop();
  });

  it('says nothing while a kernel answers in time', async () => {
    const model = new FakeModel(state());
    const { root, stop } = render(tree, model);
    model.set('row', 8);
    model.set('path', { row: 8, steps: [], narrowest: null });
    await wait(1_100);
    expect(root.textContent).not.toContain('has not answered');
    stop();
  });

  it('is decided by the rule of its leaf, among the rows that are here', () => {
    const rules = {
      classes: ['no', 'yes'],
      columns: ['a'],
      conditions: [['a > 1'], ['a <= 0'], []],
      full: {},
      ordered: true,
      nodes: wire([3, 6, 4], 'i4'),
      support: wire([2, 1, 1], 'f4'),
      teacher: wire([0.5, 0.5, 0.9, 0.1, 0.2, 0.8], 'f4', [3, 2]),
      student: wire([0.5, 0.5, 0.9, 0.1, 0.2, 0.8], 'f4', [3, 2]),
      agreement: wire([1, 1, 1], 'f4')
    };
    const decided = { row: 5, rule: 0, tests: [[0, 0, 'is 2, 1 above']] };
    const model = new FakeModel(state({ page, rules, decided, sort: 'list', filter: '' }));
    const { all, root, stop } = render(defineView(STUDENTS.rules), model);
    const by = () => all('.decides .no').map((cell) => cell.textContent);
    const why = () => all('.why').map((cell) => cell.textContent);
    expect([by(), why()]).toEqual([['1'], [' ✓ is 2, 1 above']]);
    // the leaf that the model holds is still that of row 5
    model.set('row', 7);
    expect([by(), why()]).toEqual([['2'], []]);
    model.set('row', 99);
    expect([by(), why()]).toEqual([[], []]);
    expect(root.querySelector<HTMLElement>('.chip')?.hidden).toBe(true);
    model.set('decided', { row: 99, rule: 2, tests: [] });
    expect(by()).toEqual(['3']);
    stop();
  });

  const whole = (more = {}) => {
    const model = new FakeModel(state({ page, summary: {}, decided: {}, reasons: {}, ...more }));
    const ended = new AbortController();
    const told: string[] = [];
    const lent = new LentModel(model, ended.signal, (text) => told.push(text));
    return { model, lent, told, stop: () => ended.abort() };
  };

  it('finds its leaf among the rows that are here', async () => {
    for (const live of [true, false]) {
      const { model, lent, told, stop } = whole({ live });
      model.set('row', 7);
      await wait(500);
      expect(lent.get('leaf')).toBe(6);
      expect(told).toEqual([]);
      stop();
    }
  });

  it('shows no leaf of another row where it is not here, and is said', async () => {
    const { model, lent, told, stop } = whole();
    model.set('row', 99);
    await wait(500);
    expect(lent.get('leaf')).toBeNull();
    expect(told.at(-1)).toBe(
      'The kernel has not answered, and row 99 is not among those that are here.'
    );
    model.set('path', { row: 99, steps: [], narrowest: null });
    expect([lent.get('leaf'), told.at(-1)]).toEqual([3, '']);
    stop();
  });

  it('takes no leaf of another student', async () => {
    const { model, lent, stop } = whole({ live: false, ...slid, student_size: 3 });
    model.set('student_size', 2);
    await wait(50);
    expect((lent.get('tree') as { tails: string[] }).tails).toHaveLength(3);
    lent.set('row', 5);
    lent.set('leaf', 3);
    expect(lent.get('leaf')).toBeNull();
    stop();
  });

  it('keeps the leaf that came with it', async () => {
    const { lent, told, stop } = whole();
    lent.set('row', 99);
    lent.set('leaf', 4);
    await wait(500);
    expect(lent.get('leaf')).toBe(4);
    expect(told).toEqual([]);
    stop();
  });
});
