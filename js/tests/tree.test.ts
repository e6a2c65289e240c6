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
    expect(all('[data-node="1"] .heard')[0].textContent).toBe(
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
    expect(root.querySelector('.strip')?.textContent).toContain('90.0\u00a0%');
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
    // what shows has room above and below, and there is no room for one split more
    expect(all('[role=treeitem]').length).toBeLessThanOrEqual(19);
    expect(all('[role=treeitem]').length).toBeGreaterThan(14);
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

  it('finds a column, walks from hit to hit and opens what hides them', () => {
    const model = new FakeModel(state(4, { folded: [1, 2], depth: 1 }));
    const { all, root, stop } = render(tree, model);
    const field = root.querySelector('.find input') as HTMLInputElement;
    const said = () => root.querySelector('.find output')?.textContent;
    expect(all('datalist option').map((o) => o.getAttribute('value'))).toEqual([
      ...['x1', 'x2', 'x3', 'x4']
    ]);
    const type = (text: string) => {
      field.value = text;
      field.dispatchEvent(new Event('input'));
    };
    type('x');
    expect(said()).toBe('15 nodes');
    type('X3');
    expect(model.state.search).toBe('X3');
    expect(said()).toBe('4 nodes');
    expect(all('.node.hit')).toHaveLength(0);
    press(field, 'Enter');
    expect(said()).toBe('1 of 4');
    // its parents are open, and so is what it asks
    expect(all('.hit.now').map((node) => node.dataset.node)).toEqual(['3']);
    expect(all('.asked').map((node) => node.dataset.node)).toEqual(['7', '8', '9', '10']);
    expect(model.state.folded).toEqual([2]);
    expect(model.state.depth).toBeNull();
    press(field, 'Enter');
    press(field, 'Enter');
    expect(said()).toBe('3 of 4');
    expect(model.state.folded).toEqual([]);
    expect(model.state.depth).toBe(4);
    press(field, 'Escape');
    expect(model.state.search).toBe('');
    expect(all('.hit')).toHaveLength(0);
    type('nothing of the kind');
    expect(said()).toBe('no nodes');
    press(field, 'Enter');
    stop();
  });

  it('colours by student, teacher or agreement, and says what the colours mean', () => {
    const model = new FakeModel(state(2));
    const { all, root, stop } = render(tree, model);
    const fill = (node: number) => all(`[data-node="${node}"] .band`)[0].getAttribute('fill');
    const words = () => root.querySelector('.colours')?.textContent;
    expect(words()).toContain('Colour: student');
    expect(fill(0)).toContain('--jd-class-0');
    expect(fill(1)).toContain('--jd-class-1');
    const by = root.querySelectorAll('select')[0];
    expect([...by.options].map((o) => o.textContent)).toEqual(['student', 'teacher', 'agreement']);
    by.value = 'agreement';
    by.dispatchEvent(new Event('change'));
    expect(model.state.colour).toBe('agreement');
    expect(fill(0)).toContain('--jd-class-5');
    expect(words()).toContain('90 to 95\u00a0%');
    expect(all('[data-node="1"] .rows')[0].textContent).toBe('agreement 90.0\u00a0%');
    model.set('tree', numberTree(2));
    expect(words()).toContain('Colour: error (RMS)');
    stop();
  });

  it('shows so many of all levels, with what a folded node hides', () => {
    const model = new FakeModel(state(3, { folded: [1, 2], depth: 1 }));
    const { all, root, stop } = render(tree, model);
    expect(root.querySelector('.toolbar')?.textContent).toContain('of 3 levels');
    expect(all('select')[1]).toHaveProperty('value', '1');
    expect(all('.hidden')).toHaveLength(2);
    expect(all('[data-node="1"] .hidden')[0].textContent).toContain('4 leaves');
    // leaves 7, 9 name class yes, 8, 10 class no
    expect(all('[data-node="1"] .hidden title')[0].textContent).toBe(
      '4 leaves: no for 50.0\u00a0%, yes for 50.0\u00a0% of the rows'
    );
    const levels = all('select')[1] as unknown as HTMLSelectElement;
    levels.value = '2';
    levels.dispatchEvent(new Event('change'));
    expect(model.state.depth).toBe(2);
    expect(model.state.folded).toEqual([3, 4, 5, 6]);
    expect(all('[data-node="1"] .hidden')).toHaveLength(0);
    model.set('folded', []);
    expect(all('.hidden')).toHaveLength(0);
    stop();
  });

  it('lists the way of a row with its margins, and only of the row it is given', () => {
    const path = {
      row: 5,
      steps: [
        [1, '0.5', '0.5 below'],
        [3, HOSTILE, '']
      ],
      narrowest: 0
    };
    const model = new FakeModel(state(2, { row: 5, leaf: 3, path }));
    const { all, root, stop } = render(tree, model);
    expect(root.querySelector('.way caption')?.textContent).toContain(
      'Row 5: 2 conditions to leaf 3'
    );
    expect(all('.way tbody tr').map((row) => row.textContent)).toEqual([
      'x1 <= 10.50.5 belownarrowest',
      `x2 <= 3${HOSTILE}–`
    ]);
    expect(root.querySelectorAll('img')).toHaveLength(0);
    model.set('leaf', 4);
    expect(root.querySelector('.way')).toBeNull();
    stop();
  });

  it('lets a row be chosen where a kernel knows the rows', () => {
    const rows = { ...fullTree(2), rows: 20 };
    const model = new FakeModel(state(2, { tree: rows }));
    const { root, stop } = render(tree, model);
    const field = root.querySelector('.pick input') as HTMLInputElement;
    expect((root.querySelector('.pick') as HTMLElement).hidden).toBe(false);
    field.value = '7';
    field.dispatchEvent(new Event('change'));
    expect(model.state.row).toBe(7);
    field.value = '';
    field.dispatchEvent(new Event('change'));
    expect(model.state.row).toBeNull();
    model.set('tree', fullTree(2));
    expect((root.querySelector('.pick') as HTMLElement).hidden).toBe(true);
    stop();
  });

  it('offers the rule of a node as text, bounds of a column as one interval', async () => {
    const written: string[] = [];
    vi.stubGlobal('navigator', { clipboard: { writeText: async (t: string) => written.push(t) } });
    const one = { ...fullTree(3), columns: ['income', 'income', 'job'] };
    const model = new FakeModel(
      state(3, { tree: { ...one, full: { '8': 'job in full' } }, node: 8 })
    );
    const { root, stop } = render(tree, model);
    // the tails of 1, 3 and 8 are <= 1, <= 3 and > 8
    expect(root.querySelector('.strip .rule')?.textContent).toContain('income <= 1');
    (root.querySelector('.copy') as HTMLElement).click();
    await Promise.resolve();
    expect(written[0]).toMatch(/ and job in full$/);
    vi.unstubAllGlobals();
    stop();
  });
});
