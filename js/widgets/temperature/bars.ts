import { colour, h, swatch } from '../../shared/dom';
import { percent } from '../../shared/format';
import { apart } from '../../shared/text';

/** More classes than this do not fit beside the curve: the likeliest are shown. */
const MOST = 10;

interface Line {
  index: number;
  bar: HTMLElement;
  tick: HTMLElement;
  figure: HTMLElement;
}

/** One bar a class, with a tick where it stands at T = 1. */
export function makeBars() {
  const element = h('ul', { class: 'bars' });
  let lines: Line[] = [];

  const load = (classes: string[], plain: Float64Array) => {
    let order = classes.map((_, j) => j);
    if (order.length > MOST) {
      order = order.sort((a, b) => plain[b] - plain[a]).slice(0, MOST);
    }
    lines = order.map((index) => ({
      index,
      bar: h('span', { class: 'bar', style: `background:${colour(index)}` }),
      tick: h('span', { class: 'tick', title: 'at T = 1' }),
      figure: h('span', { class: 'figure' })
    }));
    const short = apart(classes);
    const items = lines.map(({ index, bar, tick, figure }) =>
      h(
        'li',
        {},
        h('span', { class: 'name', title: classes[index] }, swatch(index), short[index]),
        h('span', { class: 'groove', 'aria-hidden': 'true' }, bar, tick),
        figure
      )
    );
    const left = classes.length - lines.length;
    if (left > 0) items.push(h('li', { class: 'dim' }, `and ${left} more classes`));
    element.replaceChildren(...items);
  };

  const update = (shares: Float64Array, plain: Float64Array) => {
    for (const { index, bar, tick, figure } of lines) {
      bar.style.transform = `scaleX(${shares[index]})`;
      tick.style.left = `${plain[index] * 100}%`;
      figure.textContent = percent(shares[index], 1);
    }
  };
  return { element, load, update };
}
