import { attr, h, s } from '../../shared/dom';
import { count, number, temperature as written } from '../../shared/format';

export interface Curve {
  temperature: number[];
  kl: number[];
  se: number[];
  calibrated: number;
  /** The teacher's own log loss against the known classes; missing where too few are known. */
  truth?: Truth;
}

interface Truth {
  temperature: number[];
  loss: number[];
  /** The T at which the classes are likeliest, and its interval. */
  best: number;
  low: number;
  high: number;
  least: number;
  plain: number;
  rows: number;
  /** Whether the teacher surely never saw these rows. */
  unseen: boolean;
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
  const true_ = h('span', { class: 'truest' }, h('span', { class: 'word' }));
  const top = h('span', { class: 'top dim' });
  const bottom = h('span', { class: 'bottom dim' });
  const plot = h('div', { class: 'plot' }, svg, best, true_, now, top, bottom);
  const axis = h('div', { class: 'axis dim', 'aria-hidden': 'true' });
  const caption = h('p', { class: 'caption dim' }, OF_STUDENT);
  const right = h('p', { class: 'caption dim' });
  const element = h('div', { class: 'curve' }, caption, plot, axis);

  const span = Math.log(high / low);
  const across = (t: number) => Math.log(Math.min(high, Math.max(low, t)) / low) / span;
  for (const t of TICKS) {
    axis.append(h('span', { style: `left:${across(t) * 100}%` }, number(t)));
  }

  const load = (curve: Partial<Curve> | undefined) => {
    const { calibrated, truth } = curve ?? {};
    const tried = (curve?.temperature?.length ?? 0) > 1;
    const { temperature = [], kl = [], se = [] } = tried ? (curve ?? {}) : ofTeacher(truth);
    element.classList.toggle('bare', temperature.length < 2);
    svg.replaceChildren();
    best.hidden = !calibrated || !tried;
    true_.hidden = true;
    right.textContent = truth ? inWords(truth) : '';
    right.hidden = !truth;
    caption.textContent = tried ? OF_STUDENT : OF_TEACHER;
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
    // beyond the ends of the axis there is no place for it
    true_.hidden = !truth || truth.best < low || truth.best > high;
    if (truth) {
      place(true_, truth.best, `truest, T = ${two(truth.best)}`);
    }
    if (calibrated && tried) {
      const text = `calibrated, T = ${written(calibrated)}`;
      place(best, calibrated, text);
    }
    attr(svg, {
      'aria-label':
        `${caption.textContent}, by temperature: from ${short(least)} to ${short(most)}` +
        (calibrated && tried ? `; calibrated at T = ${written(calibrated)}` : '') +
        (truth ? `. ${inWords(truth)}` : '')
    });
  };

  const place = (line: HTMLElement, t: number, text: string) => {
    const at = across(t);
    line.style.left = `${at * 100}%`;
    line.classList.toggle('flip', at > 0.6);
    (line.firstChild as HTMLElement).textContent = text;
  };

  const mark = (t: number) => {
    now.style.left = `${across(t) * 100}%`;
  };
  return { element, words: right, load, mark };
}

const OF_STUDENT = 'KL, teacher to student, on validation rows, ± 1 SE';
const OF_TEACHER = "The teacher's own log loss against the truth, on held-out rows";

/** What is drawn where no temperature was tried: how true the teacher is at each. */
const ofTeacher = (truth: Truth | undefined): Partial<Curve> =>
  truth ? { temperature: truth.temperature, kl: truth.loss, se: [] } : {};

const two = (value: number): string => written(Number(value.toPrecision(2)));

/** What the truth says of the teacher's own probabilities. */
function inWords({ best, low, high, least, plain, rows, unseen }: Truth): string {
  const seen = unseen ? '' : ', which the teacher may have seen,';
  const on = `On ${count(rows)} held-out rows${seen} the teacher's own probabilities`;
  const range = `T = ${two(best)} (${two(low)} to ${two(high)})`;
  if (low <= 1 && high >= 1) return `${on} fit the truth as they are, at T = 1.`;
  const loss = `log loss ${least.toFixed(3)} against ${plain.toFixed(3)} at T = 1`;
  return `${on} fit the truth best at ${range}: ${loss}.`;
}

const short = (value: number): string => String(Number(value.toPrecision(2)));
