import { describe, expect, it } from 'vitest';
import temperature, { snap } from '../widgets/temperature';
import { sentence } from '../widgets/temperature/sentence';
import { click, common, FakeModel, HOSTILE, render, wait, wire } from './fakes';

const state = (more = {}) => ({
  ...common,
  logits: wire([4, 2, 0, 0, 3, 1], 'f4', [2, 3]),
  row_ids: wire([5, 9], 'i4'),
  classes: ['cat', HOSTILE, 'dog'],
  curve: { temperature: [1, 2, 4], kl: [0.3, 0.1, 0.2], se: [0.02, 0.02, 0.02], calibrated: 2 },
  distilled_at: 2,
  busy: false,
  temperature: 2,
  row: null,
  rows_chosen: [],
  distil_at: null,
  grid: {},
  shown: {},
  follow: false,
  student_size: null,
  asked: {},
  ...more
});

function drag(slider: HTMLInputElement, value: number, type = 'input') {
  slider.value = String(value);
  slider.dispatchEvent(new Event(type));
}

describe('temperature view', () => {
  it('follows the slider at once, tells the kernel when the hand pauses or lets go', async () => {
    const model = new FakeModel(state());
    const { root, stop } = render(temperature, model);
    const slider = root.querySelector('[type=range]') as HTMLInputElement;
    expect(slider.getAttribute('aria-valuetext')).toBe('temperature 2.0');
    drag(slider, 0.5);
    drag(slider, 0.6);
    expect(model.state.temperature).toBe(4);
    expect(model.saves).toBe(0);
    await wait(200);
    expect(slider.getAttribute('aria-valuetext')).toBe('temperature 4.0');
    expect(model.saves).toBe(1);
    drag(slider, 0.7, 'change');
    expect([model.state.temperature, model.saves]).toEqual([5, 2]);
    stop();
  });

  it('softens the chosen row, and says which class comes to light', async () => {
    const model = new FakeModel(state({ row: 5, temperature: 4 }));
    const { root, all, stop } = render(temperature, model);
    const p = [1, Math.exp(-0.5), Math.exp(-1)];
    const share = (p[1] / (p[0] + p[1] + p[2])) * 100;
    expect(all('.bars .figure')[1].textContent).toBe(`${share.toFixed(1)}\u00a0%`);
    expect(root.querySelector('.said')?.textContent).toContain(`'${HOSTILE}'`);
    expect(root.querySelectorAll('img')).toHaveLength(0);
    expect(root.querySelector('.whose')?.textContent).toBe('Soft targets of row 5');
    model.set('row', 6);
    await wait(40);
    expect(root.querySelector('.whose')?.textContent).toContain('row 6 is not among them');
    stop();
  });

  it('shows several chosen rows one by one, and their mean', async () => {
    const model = new FakeModel(state({ row: 9, rows_chosen: [5, 9], temperature: 1 }));
    const { root, all, stop } = render(temperature, model);
    const soft = (z: number[]) => {
      const e = z.map(Math.exp);
      return e.map((v) => v / e.reduce((a, b) => a + b));
    };
    const [a, b] = [soft([4, 2, 0]), soft([0, 3, 1])];
    const mean = a.map((v, j) => `${(50 * (v + b[j])).toFixed(1)}\u00a0%`);
    expect(all('.bars .figure').map((e) => e.textContent)).toEqual(mean);
    expect(all('.strips .name').map((e) => e.textContent)).toEqual(['row 5', 'row 9']);
    const widths = all('.strips .part').map((e) =>
      Number.parseFloat((e as HTMLElement).style.width)
    );
    expect(widths[4]).toBeCloseTo(100 * b[1], 3);
    expect(root.querySelector('.whose')?.textContent).toBe('Soft targets, mean of 2 chosen rows');
    expect(root.querySelector('.said')?.textContent).toContain('over the chosen rows');
    model.set('rows_chosen', [5, 9, 77]);
    await wait(40);
    expect(root.querySelector('.whose')?.textContent).toContain('(1 more is not here)');
    model.set('rows_chosen', [9]);
    await wait(40);
    expect(root.querySelector('.whose')?.textContent).toBe('Soft targets of row 9');
    expect((root.querySelector('.strips') as HTMLElement).hidden).toBe(true);
    stop();
  });

  it('offers to distil again only at another temperature and with a kernel', async () => {
    const model = new FakeModel(state());
    const { root, stop } = render(temperature, model);
    const button = root.querySelector('button') as HTMLButtonElement;
    expect(button.hidden).toBe(true);
    model.set('temperature', 4);
    await wait(40);
    expect(button.hidden).toBe(false);
    expect(button.textContent).toBe('Distil again at T = 4.0');
    click(button);
    expect(model.state.distil_at).toBe(4);
    model.set('busy', true);
    expect([button.disabled, button.textContent]).toEqual([true, 'distilling…']);
    model.set('busy', false);
    model.set('distilled_at', 4);
    expect(button.hidden).toBe(true);
    model.set('live', false);
    expect(button.hidden).toBe(true);
    expect(root.querySelector('.note')?.textContent).toContain('needs a kernel');
    stop();
  });

  it('takes a number exactly, within its bounds', () => {
    const model = new FakeModel(state());
    const { root, stop } = render(temperature, model);
    const exact = root.querySelector('[type=number]') as HTMLInputElement;
    drag(exact, 3.333, 'change');
    expect(model.state.temperature).toBe(3.333);
    drag(exact, 99, 'change');
    expect(model.state.temperature).toBe(20);
    stop();
  });

  it('says so when there are no logits yet', () => {
    const model = new FakeModel(state({ logits: {} }));
    const { root, stop } = render(temperature, model);
    expect(root.textContent).toContain('There are no logits yet.');
    stop();
  });
});

describe('the words', () => {
  it('fit what is seen', () => {
    const say = (temperature: number, soft: number, plain: number) =>
      sentence({ temperature, guess: 'car', rows: 'the rows', soft, plain });
    expect(say(4, 0.18, 0.03)).toBe(
      "At T = 4.0 the teacher's second guess, 'car', becomes visible: 18.0\u00a0% against 3.0\u00a0% at T = 1."
    );
    expect(say(1, 0.03, 0.03)).toContain("the teacher's own shares");
    expect(say(0.5, 0.01, 0.03)).toContain('sharpened');
    expect(say(1.2, 0.05, 0.03)).toContain('still faint');
    expect(say(6, 0.3, 0.2)).toContain('weighs more');
  });

  it('say which way the second guess goes', () => {
    const say = (temperature: number, soft: number, plain: number) =>
      sentence({ temperature, guess: null, rows: 'the rows', soft, plain });
    // of thirty classes all others gain, the second too has less
    expect(say(1.4, 0.11, 0.12)).toBe(
      'At T = 1.4 the teacher is softened: the second guess, on average over the rows, falls to ' +
        '11.0\u00a0% from 12.0\u00a0% at T = 1.'
    );
    // where it is nearly as likely as the first, sharpening takes from the others
    expect(say(0.5, 0.45, 0.34)).toContain('sharpened: the second guess');
    expect(say(0.5, 0.45, 0.34)).toContain('rises to 45.0\u00a0% from 34.0\u00a0%');
    expect(say(0.5, 0.01, 0.03)).toContain('falls to 1.0\u00a0% from 3.0\u00a0%');
  });

  it('every step of the slider is another temperature', () => {
    const steps = Array.from({ length: 116 }, (_, i) => snap(10 ** (-1 + i * 0.02)));
    expect(new Set(steps).size).toBe(steps.length);
    expect(steps).toContain(1);
    expect(steps).toContain(4);
    expect([steps[0], steps.at(-1)]).toEqual([0.1, 20]);
  });
});
