import { h, KEYS, listen, swatch } from './dom';
import { onResize } from './schedule';
import { apart } from './text';

/** Lines that a legend may fill before the rest of it waits behind a button. */
const LINES = 3;

/** An item of a legend: a coloured square, and what it stands for. */
export const item = (name: string, square: HTMLElement, short = name): HTMLElement =>
  h('li', { title: name }, square, h('span', {}, short));

/** The classes with their colours; those that are named nowhere come last. */
export function classItems(classes: string[], named: ReadonlySet<number>): HTMLElement[] {
  const short = apart(classes);
  const items = classes.map((name, j) => item(name, swatch(j), short[j]));
  const rank = (j: number) => Number(!named.has(j));
  const order = classes.map((_, j) => j).sort((a, b) => rank(a) - rank(b) || a - b);
  return order.map((j) => items[j]);
}

/** A legend of as many items as have room; a button shows the others. */
export function makeLegend(signal: AbortSignal) {
  const button = h('button', { type: 'button', class: 'more', ...KEYS });
  const last = h('li', { hidden: true }, button);
  const element = h('ul', { class: 'legend items' });
  let items: HTMLElement[] = [];
  let open = false;
  let width = 0;

  const show = (many: number) => {
    items.forEach((one, i) => {
      one.hidden = i >= many;
    });
    const rest = items.length - many;
    last.hidden = !rest && !open;
    button.textContent = rest ? `and ${rest} more` : 'show fewer';
    button.setAttribute('aria-expanded', String(open));
  };
  const fits = () => {
    const shown = [...items.filter((one) => !one.hidden), ...(last.hidden ? [] : [last])];
    return new Set(shown.map((one) => one.offsetTop)).size <= LINES;
  };
  const arrange = () => {
    const wasOpen = open;
    open = false;
    show(items.length);
    if (fits()) return;
    open = wasOpen;
    let [low, high] = [1, items.length - 1];
    while (!open && low < high) {
      const middle = (low + high + 1) >> 1;
      show(middle);
      if (fits()) low = middle;
      else high = middle - 1;
    }
    show(open ? items.length : low);
  };
  const toggle = () => {
    open = !open;
    arrange();
  };
  listen(button, signal, { click: toggle });
  const resized = () => {
    if (element.clientWidth === width) return;
    width = element.clientWidth;
    arrange();
  };
  onResize(element, resized, signal);

  const draw = (label: string, made: HTMLElement[]) => {
    element.setAttribute('aria-label', label);
    items = made;
    element.replaceChildren(...items, last);
    arrange();
  };
  return { element, draw };
}
