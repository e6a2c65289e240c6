import { describe, expect, it } from 'vitest';
import terms from '../widgets/terms';
import { inside, levels } from '../widgets/terms/axis';
import { plain, signed } from '../widgets/terms/words';
import { click, common, FakeModel, HOSTILE, press, render, wait, wire } from './fakes';

const f8 = (values: number[]) => ({
  dtype: 'f8',
  shape: [values.length],
  data: new DataView(Float64Array.from(values).buffer)
});

const income = {
  name: 'income',
  columns: ['income'],
  kind: 'steps',
  importance: 2,
  cost: 4000,
  scores: wire([-1, 0.5, 3], 'f4', [3, 1]),
  edges: f8([0, 10, 20, 30]),
  support: wire([10, 20, 70], 'f4'),
  missing: { scores: [0.25], rows: 4 },
  density: { low: 0, high: 30, counts: wire([10, 20, 70], 'i4') }
};
const kind = {
  name: HOSTILE,
  columns: [HOSTILE],
  kind: 'bars',
  importance: 1,
  cost: 600,
  scores: wire([-1, 2], 'f4', [2, 1]),
  names: [['car', HOSTILE]],
  support: wire([60, 40], 'f4')
};
const both = {
  name: 'a and b and c',
  columns: ['a and b', 'c'],
  kind: 'pair',
  importance: 0.5,
  cost: 0,
  scores: wire([0, 1, -1, 0], 'f4', [4, 1]),
  names: [
    ['low', 'high'],
    ['no', 'yes']
  ],
  support: wire([1, 2, 3, 0], 'f4')
};
const payload = (more = {}) => ({
  family: 'ebm',
  classes: ['no', 'yes'],
  scores: ['log-odds of yes'],
  intercept: [0.5],
  reading: 'A sum.',
  centred: false,
  near: false,
  rows: 100,
  all: 120,
  terms: [income, kind, both],
  ...more
});
const state = (more = {}) => ({
  ...common,
  terms: payload(),
  curves: {},
  asking: { mode: 'none', why: '', name: 'net' },
  reasons: {},
  busy: false,
  term: null,
  row: null,
  score: 0,
  ask: null,
  ...more
});
const said = {
  said: 'mean of 200 held-out rows',
  values: f8([0, 30]),
  scores: wire([-2, 4], 'f4', [2, 1]),
  missing: [1]
};
const reasons = {
  row: 7,
  values: ['15', 'car', 'low, yes'],
  at: [15, 0, 1],
  adds: wire([0.5, -1, 1], 'f4', [3, 1]),
  total: [1],
  student: [0.27, 0.73],
  teacher: [0.2, 0.8]
};

describe('terms view', () => {
  it('lists terms by importance, and chooses by click, a second click and Escape', () => {
    const model = new FakeModel(state());
    const { all, root, stop } = render(terms, model);
    const options = () => all('[role=option]');
    expect(options().map((item) => item.title)).toEqual(['income', HOSTILE, 'a and b and c']);
    expect(all('.multiples button')).toHaveLength(3);
    expect(root.querySelectorAll('img')).toHaveLength(0);
    click(options()[0]);
    expect(model.state.term).toBe(0);
    expect(options()[0].getAttribute('aria-selected')).toBe('true');
    click(options()[0]);
    expect(model.state.term).toBeNull();
    click(all('.multiples button')[1]);
    expect(model.state.term).toBe(1);
    press(options()[1], 'Escape');
    expect(model.state.term).toBeNull();
    stop();
  });

  it('is walked and filtered by keyboard', () => {
    const more = Array.from({ length: 5 }, (_, i) => ({ ...kind, name: `other ${i}` }));
    const model = new FakeModel(state({ terms: payload({ terms: [income, ...more] }) }));
    const { all, root, stop } = render(terms, model);
    const tab = () => all('[role=option][tabindex="0"]').map((item) => item.title);
    press(all('[role=option]')[0], 'ArrowDown');
    expect(tab()).toEqual(['other 0']);
    press(all('[role=option]')[1], 'End');
    expect(tab()).toEqual(['other 4']);
    press(all('[role=option]')[5], 'Enter');
    expect(model.state.term).toBe(5);
    const filter = root.querySelector('.filter') as HTMLInputElement;
    filter.value = 'INC';
    filter.dispatchEvent(new Event('input'));
    expect(tab()).toEqual(['income']);
    filter.value = 'nothing';
    filter.dispatchEvent(new Event('input'));
    expect(root.querySelector('.none')?.textContent).toBe('No term has such a name.');
    press(filter, 'Escape');
    expect(all('[role=option]')).toHaveLength(6);
    stop();
  });

  it('is read along the curve by keyboard, with the teacher where it was asked', () => {
    const model = new FakeModel(state({ term: 0, curves: { 0: said } }));
    const { all, root, stop } = render(terms, model);
    const slider = all('[role=slider]')[0];
    press(slider, 'ArrowRight');
    expect(slider.getAttribute('aria-valuetext')).toBe(
      'up to 10: −1.00, teacher −1.00 · 10 rows (10.0\u00a0%)'
    );
    expect(root.querySelector('.readout')?.textContent).toContain('up to 10: −1.00');
    press(slider, 'End');
    expect(slider.getAttribute('aria-valuetext')).toBe('missing: +0.250, teacher +1.00 · 4 rows');
    expect(root.querySelector('.plot .teacher-line')?.getAttribute('d')).toMatch(/^M52\.0 /);
    expect(all('.plot .teacher-mark')).toHaveLength(3);
    expect(all('.density')).toHaveLength(3);
    expect(root.querySelector('.legend')?.textContent).toContain('mean of 200 held-out rows');
    stop();
  });

  it('asks a teacher that is near by itself, once, and one that is far by a button', () => {
    const near = new FakeModel(state({ term: 0, asking: { mode: 'auto', name: 'net' } }));
    let view = render(terms, near);
    expect(near.log).toEqual([['ask', 0]]);
    expect(view.root.querySelector('.legend')?.textContent).toContain('Asking the teacher about');
    near.set('ask', null); // stopped by a person: not asked again without a wish
    expect(view.root.querySelector('.legend button')?.textContent).toBe(
      'Ask the teacher (4,000 rows)'
    );
    near.set('curves', { 0: said });
    expect(view.root.querySelector('.legend button')).toBeNull();
    view.stop();
    const far = new FakeModel(state({ term: 0, asking: { mode: 'button', name: 'net' } }));
    view = render(terms, far);
    expect(far.log).toEqual([]);
    click(view.root.querySelector('.legend button') as Element);
    expect(far.log).toEqual([['ask', 0]]);
    view.stop();
    const why = 'It saw other inputs.';
    const silent = new FakeModel(state({ term: 0, asking: { mode: 'none', why } }));
    view = render(terms, silent);
    expect(view.root.querySelector('.legend')?.textContent).toContain(why);
    view.stop();
    const page = new FakeModel(state({ term: 0, live: false, asking: { mode: 'auto' } }));
    view = render(terms, page);
    expect(page.log).toEqual([]);
    expect(view.root.querySelector('.legend')?.textContent).toContain('needs a kernel');
    view.stop();
  });

  it('says what each term adds for a row, and the sum', () => {
    const model = new FakeModel(state({ term: 0, row: 7, reasons }));
    const { all, root, stop } = render(terms, model);
    const figures = all('[role=option] .figure').map((item) => item.textContent);
    expect(figures).toEqual(['+0.500', '−1.00', '+1.00']);
    const foot = root.querySelector('.foot')?.textContent;
    expect(foot).toContain('Row 7: 0.500 intercept');
    expect(foot).toContain('= 1.00 log-odds of yes');
    expect(foot).toContain('So 73.0\u00a0% yes; the teacher says 80.0\u00a0%.');
    expect(all('.row-line')).toHaveLength(1);
    model.set('term', 1);
    expect(all('tr.of-row th').map((item) => item.textContent)).toEqual(['car']);
    model.set('reasons', {});
    expect(root.querySelector<HTMLElement>('.foot')?.hidden).toBe(true);
    const input = root.querySelector('input.row') as HTMLInputElement;
    input.value = '12';
    input.dispatchEvent(new Event('change'));
    expect(model.state.row).toBe(12);
    stop();
  });

  it('shows no sum of another row while a kernel is silent', async () => {
    const model = new FakeModel(state({ term: null, row: 7, reasons }));
    const { root, stop } = render(terms, model);
    model.set('row', 12);
    await wait(1_100);
    const foot = root.querySelector('.foot') as HTMLElement;
    expect(foot.textContent).toBe(
      'The kernel has not answered: what row 12 adds is not known here.'
    );
    expect(root.querySelector('.caption')?.textContent).not.toContain('row 7');
    model.set('reasons', { ...reasons, row: 12 });
    expect(foot.textContent).toContain('Row 12: 0.500 intercept');
    stop();
  });

  it('draws categories as a table with the mark of the teacher', () => {
    const curves = { 1: { said: 'x', bars: wire([-3, Number.NaN], 'f4', [2, 1]) } };
    const model = new FakeModel(state({ term: 1, curves }));
    const { all, root, stop } = render(terms, model);
    const cells = all('.levels tbody tr').map((row) =>
      [...row.querySelectorAll('th, .figure')].map((cell) => cell.textContent)
    );
    expect(cells).toEqual([
      ['car', '−1.00', '−3.00', '60'],
      [HOSTILE, '+2.00', '–', '40']
    ]);
    expect(all('.levels .hollow')).toHaveLength(1);
    expect(root.querySelectorAll('img')).toHaveLength(0);
    stop();
  });

  it('walks the cells of a pair, whose columns may hold "and"', () => {
    const model = new FakeModel(state({ term: 2 }));
    const { all, root, stop } = render(terms, model);
    const cell = () => all('[role=gridcell][tabindex="0"]')[0];
    expect(cell().getAttribute('aria-label')).toBe('a and b low, c no: 0 · 1 rows');
    press(cell(), 'ArrowRight');
    press(cell(), 'ArrowDown');
    press(cell(), 'ArrowDown');
    expect(cell().getAttribute('aria-label')).toBe('a and b high, c yes: 0 · 0 rows');
    expect(cell().classList.contains('unmet')).toBe(true);
    expect(root.querySelector('.readout')?.textContent).toContain('a and b high, c yes');
    stop();
  });

  it('shows one class of several, coefficients of a linear model, and no terms as such', () => {
    const line = {
      ...income,
      kind: 'line',
      scores: wire([-1, 1, 1, -1], 'f4', [2, 2]),
      edges: f8([0, 10]),
      support: undefined,
      missing: undefined,
      coefficients: [{ name: 'income', values: [0.2, -0.2], moves: [0.6, -0.6] }]
    };
    const linear = payload({
      family: 'linear',
      centred: true,
      classes: ['a', HOSTILE],
      scores: ['a', HOSTILE],
      intercept: [0, 1],
      terms: [line]
    });
    const model = new FakeModel(state({ terms: linear }));
    const { all, root, stop } = render(terms, model);
    expect(all('.coefficients .figure').map((cell) => cell.textContent)).toEqual([
      'coefficient',
      '+0.200'
    ]);
    const select = root.querySelector('select') as HTMLSelectElement;
    select.value = '1';
    select.dispatchEvent(new Event('change'));
    expect(model.state.score).toBe(1);
    expect(all('.coefficients .figure')[1].textContent).toBe('−0.200');
    click(all('.link')[0]);
    expect(model.state.term).toBe(0);
    expect(root.querySelector('.about')?.textContent).toContain('Each 1 more adds −0.200');
    model.set('terms', {});
    expect(root.textContent).toContain('There are no terms yet.');
    stop();
  });
});

describe('numbers', () => {
  it('have a sign and three digits', () => {
    expect([0.4213, -12.34, 1234.5, 0, 0.00001234, Number.NaN].map(signed)).toEqual([
      '+0.421',
      '−12.3',
      '+1235',
      '0',
      '+1.23e-5',
      '–'
    ]);
    expect(plain(9.999)).toBe('10.0');
  });

  it('of an axis are round and enclose what is drawn, or lie inside it', () => {
    expect(levels(-1, 3)).toEqual([-1, 0, 1, 2, 3]);
    expect(levels(0, 0)[0]).toBeLessThan(0.001);
    expect(inside(-2.9, 2.8, 2)).toEqual([-2, 0, 2]);
    expect(inside(1990, 2019, 5)).toEqual([1990, 1995, 2000, 2005, 2010, 2015]);
    expect(inside(4, 4, 3)).toEqual([4]);
  });
});
