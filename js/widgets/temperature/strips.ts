import { colour, h } from '../../shared/dom';
import { type Logits, softenRow } from '../../shared/softmax';

/** So many of the chosen rows are drawn one by one; more would push the rest out of sight. */
const MOST = 8;

/** One bar a chosen row, cut into the shares of the classes; of a single row there is none. */
export function makeStrips() {
  const element = h('ul', { class: 'strips', 'aria-label': 'Chosen rows', hidden: true });
  let parts: HTMLElement[][] = [];
  let places: number[] = [];
  let shares = new Float64Array(0);

  const load = (logits: Logits, ids: Int32Array, chosen: number[]) => {
    element.hidden = chosen.length < 2;
    places = element.hidden ? [] : chosen.slice(0, MOST);
    shares = new Float64Array(logits.k);
    parts = places.map(() =>
      Array.from({ length: logits.k }, (_, j) =>
        h('span', { class: 'part', style: `background:${colour(j)}` })
      )
    );
    const items = places.map((place, i) =>
      h(
        'li',
        {},
        h('span', { class: 'name' }, `row ${ids[place]}`),
        h('span', { class: 'groove', 'aria-hidden': 'true' }, ...parts[i])
      )
    );
    const left = element.hidden ? 0 : chosen.length - places.length;
    if (left > 0) items.push(h('li', { class: 'dim' }, `and ${left} more rows`));
    element.replaceChildren(...items);
  };

  const update = (logits: Logits, temperature: number) => {
    places.forEach((place, i) => {
      softenRow(logits, place, temperature, shares);
      let start = 0;
      parts[i].forEach((part, j) => {
        part.style.left = `${start * 100}%`;
        part.style.width = `${shares[j] * 100}%`;
        start += shares[j];
      });
    });
  };
  return { element, load, update };
}
