import { describe, expect, it } from 'vitest';
import { LentModel } from '../widgets/distillation/lent';
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
const page = { row_ids: wire([7, 5], 'i4'), leaves: wire([6, 3], 'i4') };

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
