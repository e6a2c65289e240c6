import { attr, h, s } from '../../shared/dom';
import { number, temperature as written } from '../../shared/format';

export interface Curve {
  temperature: number[];
  kl: number[];
  se: number[];
  calibrated: number;
}

/** Drawn in these units and stretched to the width of the cell. */
const WIDTH = 1000;
const HEIGHT = 112;
const TICKS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20];

/** Held-out KL against temperature; the slider below shares its scale. */
export function makeCurve(low: number, high: number) {
  const svg = s('svg', {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: 'none',
    role: 'img'
  });
  const now = h('span', { class: 'now' });
  const best = h('span', { class: 'best' }, h('span', { class: 'word' }));
  const top = h('span', { class: 'top dim' });
  const bottom = h('span', { class: 'bottom dim' });
  const plot = h('div', { class: 'plot' }, svg, best, now, top, bottom);
  const axis = h('div', { class: 'axis dim', 'aria-hidden': 'true' });
  const caption = h(
    'p',
    { class: 'caption dim' },
    'KL, teacher to student, on validation rows, ± 1 SE'
  );
  const element = h('div', { class: 'curve' }, caption, plot, axis);

  const span = Math.log(high / low);
  const across = (t: number) => Math.log(Math.min(high, Math.max(low, t)) / low) / span;
  for (const t of TICKS) {
    axis.append(h('span', { style: `left:${across(t) * 100}%` }, number(t)));
  }

  const load = (curve: Partial<Curve> | undefined) => {
    const { temperature = [], kl = [], se = [], calibrated } = curve ?? {};
    element.classList.toggle('bare', temperature.length < 2);
    svg.replaceChildren();
    best.hidden = !calibrated;
    if (temperature.length < 2) return;
    const order = temperature.map((_, i) => i).sort((a, b) => temperature[a] - temperature[b]);
    const spread = (i: number) => (Number.isFinite(se[i]) ? se[i] : 0);
    const most = Math.max(...order.map((i) => kl[i] + spread(i)));
    const least = Math.max(0, Math.min(...order.map((i) => kl[i] - spread(i))));
    const range = most - least || 1;
    const point = (t: number, value: number) => {
      const y = HEIGHT - 6 - ((value - least) / range) * (HEIGHT - 12);
      return `${(across(t) * WIDTH).toFixed(1)} ${y.toFixed(1)}`;
    };
    const upper = order.map((i) => point(temperature[i], kl[i] + spread(i)));
    const lower = order.map((i) => point(temperature[i], Math.max(0, kl[i] - spread(i)))).reverse();
    svg.append(
      s('path', { class: 'band', d: `M${[...upper, ...lower].join('L')}Z` }),
      s('path', {
        class: 'line',
        d: `M${order.map((i) => point(temperature[i], kl[i])).join('L')}`,
        'vector-effect': 'non-scaling-stroke'
      })
    );
    top.textContent = short(most);
    bottom.textContent = short(least);
    if (calibrated) {
      const text = `calibrated, T = ${written(calibrated)}`;
      const at = across(calibrated);
      best.style.left = `${at * 100}%`;
      best.classList.toggle('flip', at > 0.6);
      (best.firstChild as HTMLElement).textContent = text;
    }
    attr(svg, {
      'aria-label':
        `Held-out KL by temperature, from ${short(least)} to ${short(most)}` +
        (calibrated ? `; calibrated at T = ${written(calibrated)}` : '')
    });
  };

  const mark = (t: number) => {
    now.style.left = `${across(t) * 100}%`;
  };
  return { element, load, mark };
}

const short = (value: number): string => String(Number(value.toPrecision(2)));
