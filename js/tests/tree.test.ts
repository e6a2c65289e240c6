import { describe, expect, it, vi } from 'vitest';
import tree from '../widgets/tree';
import { click, common, FakeModel, fullTree, HOSTILE, numberTree, press, render } from './fakes';

const state = (depth: number, more = {}) => ({
  ...common,
  tree: fullTree(depth),
  node: null,
  row: null,
  leaf: null,
  folded: [],
  path: {},
  depth: null,
  colour: 'student',
  search: '',
  ...more
});

describe('tree view', () => {
  it('draws every node of a small tree as a tree item', () => {
    const model = new FakeModel(state(3));
    const { all, stop } = render(tree, model);
    const items = all('[role=treeitem]');
    expect(items).toHaveLength(15);
    expect(items.filter((item) => item.getAttribute('tabindex') === '0')).toHaveLength(1);
    expect(items[0].getAttribute('aria-level')).toBe('1');
    expect(items[0].getAttribute('aria-expanded')).toBe('true');
    expect(items.at(-1)?.hasAttribute('aria-expanded')).toBe(false);
    expect(items[1].textContent).toContain('x1 <= 1');
    expect(model.log).toEqual([]);
    stop();
  });

  it('draws the means of a regression on the range of all of them', () => {
    const model = new FakeModel({ ...state(2), tree: numberTree(2), node: 1 });
    const { all, root, stop } = render(tree, model);
    const bars = all('[data-node="1"] .mix').map((bar) => bar.lastElementChild as Element);
    const groove = all('[data-node="1"] .groove')[0];
    const share = (bar: Element) =>
      Number(bar.getAttribute('width')) / Number(groove.getAttribute('width'));
    expect(bars.map(share)[0]).toBeCloseTo(0.2);
    expect(bars.map(share)[1]).toBeCloseTo(0.25);
    expect(all('[data-node="1"]')[0].getAttribute('aria-label')).toBe(
      'x1 <= 1: 125.0, 512 rows, error (RMS) 7.0'
    );
    expect(root.querySelector('.legend')?.textContent).toContain('bars: 100.0 to 200.0');
    expect(root.querySelector('.strip')?.textContent).toContain('the student says125.0');
    expect(root.querySelector('.strip .mixes')?.textContent).toContain('teacher120.0');
    expect(root.textContent).not.toContain('NaN');
    stop();
  });

  it('chooses by click, lets go by a second click or Escape, and shows the rule', () => {
    const model = new FakeModel(state(3));
    const { all, root, stop } = render(tree, model);
    click(all('[data-node="8"]')[0]);
    expect(model.state.node).toBe(8);
    expect(all('[data-node="8"]')[0].getAttribute('aria-selected')).toBe('true');
    expect(root.querySelector('.strip .rule')?.textContent).toBe(
      'Leaf 8: x1 <= 1 and x2 <= 3 and x3 > 8'
    );
    expect(root.querySelector('.strip')?.textContent).toContain('90.0 %');
    click(all('[data-node="8"]')[0]);
    expect(model.state.node).toBeNull();
    click(all('[data-node="2"]')[0]);
    press(all('[data-node="2"]')[0], 'Escape');
    expect(model.state.node).toBeNull();
    stop();
  });

  it('is walked, folded and chosen from by keyboard', () => {
    const model = new FakeModel(state(2));
    const { all, root, stop } = render(tree, model);
    const svg = root.querySelector('[role=tree]') as Element;
    const at = () => Number(all('[tabindex="0"].node')[0].dataset.node);
    press(svg, 'ArrowRight');
    expect(at()).toBe(1);
    press(svg, 'ArrowDown');
    expect(at()).toBe(3);
    press(svg, 'ArrowLeft');
    expect(at()).toBe(1);
    press(svg, 'ArrowLeft');
    expect(model.state.folded).toEqual([1]);
    expect(all('[role=treeitem]')).toHaveLength(5);
    press(svg, 'ArrowRight');
    expect(model.state.folded).toEqual([]);
    press(svg, 'End');
    expect(at()).toBe(6);
    press(svg, 'Home');
    press(svg, 'Enter');
    expect(model.state.node).toBe(0);
    stop();
  });

  it('folds by the handle without choosing, and to a depth', () => {
    const model = new FakeModel(state(3));
    const { all, root, stop } = render(tree, model);
    click(root.querySelector('[data-node="1"] .handle') as Element);
    expect(model.state.folded).toEqual([1]);
    expect(model.state.node).toBeNull();
    const levels = all('select')[1] as HTMLSelectElement;
    levels.value = '1';
    levels.dispatchEvent(new Event('change'));
    expect(model.state.folded).toEqual([1, 2, 3, 4, 5, 6]);
    expect(all('[role=treeitem]')).toHaveLength(3);
    stop();
  });

  it('opens a large tree folded, writes the fold, and unfolds the way to a leaf', () => {
    const model = new FakeModel(state(8));
    const { all, stop } = render(tree, model);
    expect(all('[role=treeitem]').length).toBeLessThanOrEqual(40);
    expect(all('[role=treeitem]').length).toBeGreaterThan(30);
    expect((model.state.folded as number[]).length).toBeGreaterThan(100);
    model.set('leaf', 400);
    const lit = all('.node.lit').map((item) => Number(item.dataset.node));
    expect(lit).toEqual([0, 2, 5, 11, 24, 49, 99, 199, 400].filter((n) => lit.includes(n)));
    expect(lit.at(-1)).toBe(400);
    expect(lit).toHaveLength(9);
    stop();
  });

  it('keeps a fold that it is given and follows a new tree', () => {
    const model = new FakeModel(state(3, { folded: [2] }));
    const { all, stop } = render(tree, model);
    expect(all('[role=treeitem]')).toHaveLength(9);
    model.set('tree', fullTree(1));
    expect(all('[role=treeitem]')).toHaveLength(3);
    expect(model.state.folded).toEqual([]);
    stop();
  });

  it('shows hostile names as text, errors as alerts and no tree as such', () => {
    const model = new FakeModel(state(1, { tree: fullTree(1, [HOSTILE, 'b']), error: HOSTILE }));
    const { root, stop } = render(tree, model);
    expect(root.querySelectorAll('img')).toHaveLength(0);
    expect(root.querySelector('[role=alert]')?.textContent).toBe(HOSTILE);
    expect(root.querySelector('.legend')?.textContent).toContain(HOSTILE);
    model.set('tree', {});
    expect(root.textContent).toContain('There is no tree yet.');
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    model.set('tree', { ...fullTree(1), left: { dtype: 'f8', shape: [3], data: '' } });
    expect(root.textContent).toContain('expected a column of i4, got f8');
    expect(said).toHaveBeenCalledOnce();
    said.mockRestore();
    stop();
  });
});
