import { describe, expect, it, vi } from 'vitest';
import ladder from '../widgets/ladder';
import { placeNames, roundLevels } from '../widgets/ladder/scales';
import { click, FakeModel, press, render, wait } from './fakes';
import { state } from './rungs';

const labels = (all: (css: string) => HTMLElement[]) =>
  all('[role=option]').map((p) => p.getAttribute('aria-label') ?? '');

describe('ladder view', () => {
  it('draws every rung with its line, shape, interval and name', () => {
    const { all, root, stop } = render(ladder, new FakeModel(state()));
    expect(labels(all)).toHaveLength(4);
    expect(all('.whisker[data-of]')).toHaveLength(4);
    expect(all('.name').map((e) => e.textContent)).toEqual(['tree', 'rules']);
    const shapes = all('.point .marker').map((e) => e.getAttribute('d'));
    expect(new Set(shapes).size).toBeGreaterThan(1);
    expect(all('.chosen').map((e) => e.dataset.rung)).toEqual(['1']);
    expect(all('[aria-selected=true]')[0].getAttribute('aria-label')).toContain('knee; chosen');
    expect(all('.beside')[0].textContent).toBe('labels only 80.0\u00a0%');
    expect(all('.axes [text-anchor=end]').map((e) => e.textContent)).toEqual([
      '60\u00a0%',
      '70\u00a0%',
      '80\u00a0%',
      '90\u00a0%',
      '100\u00a0%'
    ]);
    expect(root.querySelector('.aloud')?.textContent).toContain(
      'tree: 1: 70.0\u00a0%, 3: 90.0\u00a0%.'
    );
    stop();
  });

  it('shows another measure, and tells the kernel', async () => {
    const model = new FakeModel(state());
    const { root, all, stop } = render(ladder, model);
    const select = root.querySelector('select') as HTMLSelectElement;
    expect([...select.options].map((o) => o.text)).toEqual(['The agreement', 'The KL']);
    select.value = 'KL';
    select.dispatchEvent(new Event('change'));
    await wait(40);
    expect(model.state.measure).toBe('KL');
    expect(root.textContent).toContain('less is better');
    expect(labels(all)[0]).toMatch(/KL 0\.\d{3} \(.*agreement/);
    stop();
  });

  it('asks the kernel to adopt a rung, and follows its answer', async () => {
    const model = new FakeModel(state());
    const { root, all, stop } = render(ladder, model);
    const status = () => root.querySelector('[role=status]')?.textContent;
    click(all('[data-rung="3"] .marker')[0]);
    expect(model.state.adopt).toEqual({ family: 'rules', size: 3 });
    expect(status()).toBe('Adopting the list of 3 rules …');
    expect(all('.pending')).toHaveLength(1);
    model.set('busy', true);
    model.set('family', 'rules');
    model.set('size', 3);
    await wait(40);
    expect(status()).toContain(
      'Chosen: list of 3 rules, agreement 88.0\u00a0% (83.0 to 93.0\u00a0%).'
    );
    expect(status()).toContain('Measuring what it has to beat');
    expect(all('.pending')).toHaveLength(0);
    expect(all('.chosen').map((e) => e.dataset.rung)).toEqual(['3']);
    model.set('busy', false);
    expect(status()).toContain('adopts it');
    stop();
  });

  it('gives up on a rung that was refused', () => {
    const model = new FakeModel(state());
    const { root, all, stop } = render(ladder, model);
    click(all('[data-rung="0"]')[0]);
    model.set('busy', true);
    expect(root.querySelector('[role=status]')?.textContent).toContain('Adopting');
    model.set('busy', false);
    expect(root.querySelector('[role=status]')?.textContent).toContain('Chosen: tree of 4');
    stop();
  });

  it('shows a card without a kernel, changes nothing and says so', () => {
    const model = new FakeModel(state({ live: false }));
    const { root, all, stop } = render(ladder, model);
    click(all('[data-rung="3"]')[0]);
    expect(model.log).toEqual([]);
    expect(root.querySelector('.hover')?.textContent).toContain('3 rules (readable: 2)');
    expect(root.querySelector('.hover')?.textContent).toContain('T = 2.0');
    expect(root.querySelector('[role=status]')?.textContent).toContain('was not adopted');
    stop();
  });

  it('is whole by keyboard', () => {
    const model = new FakeModel(state());
    const { root, all, stop } = render(ladder, model);
    const here = () => root.activeElement?.getAttribute('data-rung');
    const tab = all('[tabindex="0"]').filter((e) => e.dataset.rung);
    expect(tab.map((e) => e.dataset.rung)).toEqual(['1']);
    tab[0].focus();
    press(root.activeElement as Element, 'ArrowLeft');
    expect(here()).toBe('0');
    press(root.activeElement as Element, 'ArrowDown');
    expect(here()).toBe('2');
    press(root.activeElement as Element, 'End');
    expect(here()).toBe('3');
    press(root.activeElement as Element, 'Enter');
    expect(model.state.adopt).toEqual({ family: 'rules', size: 3 });
    press(root.activeElement as Element, 'Escape');
    expect((root.querySelector('.hover') as HTMLElement).hidden).toBe(true);
    stop();
  });

  it('says so when there is no ladder yet', () => {
    const { root, stop } = render(ladder, new FakeModel(state({ rungs: {} })));
    expect(root.textContent).toContain('There is no ladder yet.');
    stop();
  });

  it('draws nothing of a ladder that is gone, whatever else is told', () => {
    const model = new FakeModel(state());
    const { root, stop } = render(ladder, model);
    // drawn at once, so that what it throws comes here
    vi.stubGlobal('requestAnimationFrame', (draw: () => void) => draw());
    model.set('rungs', {});
    model.set('family', 'rules');
    vi.unstubAllGlobals();
    expect(root.querySelector('.empty')?.textContent).toBe('There is no ladder yet.');
    stop();
  });
});

describe('places', () => {
  it('levels enclose the data', () => {
    const levels = roundLevels(0.72, 0.93);
    expect(levels[0]).toBeCloseTo(0.7);
    expect(levels.at(-1)).toBeCloseTo(0.95);
    expect(roundLevels(0, 0)).toHaveLength(3);
  });

  it('names lie apart and inside', () => {
    const ends = [40, 42, 44].map((y) => [
      [0, 90] as [number, number],
      [100, y] as [number, number]
    ]);
    const inside = { left: 0, right: 160, top: 0, bottom: 100 };
    const ys = placeNames(ends, [40, 40, 40], inside).map(([, y]) => y);
    for (const [i, a] of ys.entries()) {
      for (const b of ys.slice(i + 1)) expect(Math.abs(a - b)).toBeGreaterThanOrEqual(14);
    }
  });
});
