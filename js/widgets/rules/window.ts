import { h } from '../../shared/dom';
import { frame, onResize } from '../../shared/schedule';

/** Lists up to this length are drawn whole; of longer ones what is in sight, and this much around. */
const WHOLE = 60;
const AROUND = 400;
/** Height of a line that was never drawn, as long as none was. */
const GUESS = 57;

/** Lines of any height in a box that scrolls: however many there are, only some exist. */
export class Lines {
  readonly body = h('div', { role: 'rowgroup', class: 'body' });
  #order: number[] = [];
  #heights = new Map<number, number>();
  #at = 0;

  constructor(
    readonly box: HTMLElement,
    readonly make: (place: number, index: number) => HTMLElement,
    readonly drawn: () => void,
    signal: AbortSignal
  ) {
    const later = frame(signal, () => this.draw());
    // what is drawn around reaches as far as this
    const far = () => Math.abs(box.scrollTop - this.#at) > AROUND / 2;
    box.addEventListener('scroll', () => far() && later(), { signal, passive: true });
    let width = 0;
    const fit = () => {
      if (box.clientWidth === width) return;
      width = box.clientWidth;
      this.#heights.clear();
      later();
    };
    onResize(box, fit, signal);
  }

  /** Shows rules in this order. */
  show(order: number[]): void {
    this.#order = order;
    this.body.replaceChildren();
    this.draw();
  }

  draw(): void {
    const { box, body } = this;
    const count = this.#order.length;
    let [from, to] = [0, count];
    let tops: Float64Array | null = null;
    if (count > WHOLE) {
      tops = this.#tops();
      const high = box.clientHeight || 640;
      from = Math.max(0, above(tops, box.scrollTop - AROUND));
      to = Math.min(count, above(tops, box.scrollTop + high + AROUND) + 1);
    }
    const nodes = this.#order.slice(from, to).map((place, i) => this.make(place, from + i));
    const kept = new Set<Element>(nodes);
    const active = (body.getRootNode() as ShadowRoot).activeElement ?? null;
    const lost = active !== null && body.contains(active) && !kept.has(active);
    for (const child of [...body.children]) if (!kept.has(child)) child.remove();
    nodes.forEach((node, i) => {
      if (body.children[i] !== node) body.insertBefore(node, body.children[i] ?? null);
    });
    if (tops) this.#settle(nodes, from, to, tops);
    else body.style.padding = '';
    this.#at = box.scrollTop;
    this.drawn();
    // its keys go on from the line that went out of sight
    if (lost) box.focus({ preventScroll: true });
  }

  /** Scrolls the box, not the page around it, until a line is in sight. */
  reach(place: number): void {
    const at = this.#order.indexOf(place);
    if (at < 0) return;
    const { box, body } = this;
    const head = (box.firstElementChild as HTMLElement).offsetHeight;
    // what is drawn on the way may be higher than was thought
    for (let turn = 0; turn < 3; turn++) {
      const line = [...body.children].find((child) => Number(child.ariaRowIndex) === at + 2);
      const tops = this.#tops();
      const top = line instanceof HTMLElement ? line.offsetTop - head : tops[at];
      const high = line instanceof HTMLElement ? line.offsetHeight : tops[at + 1] - tops[at];
      const room = box.clientHeight - head;
      if (top < box.scrollTop || high > room) box.scrollTop = top;
      else if (top + high > box.scrollTop + room) box.scrollTop = top + high - room;
      else return;
      this.draw();
    }
  }

  /** Measures what was drawn, and keeps in its place what is in sight. */
  #settle(nodes: HTMLElement[], from: number, to: number, before: Float64Array): void {
    const { box, body } = this;
    nodes.forEach((node, i) => {
      if (node.offsetHeight) this.#heights.set(this.#order[from + i], node.offsetHeight);
    });
    const tops = this.#tops();
    const first = above(before, box.scrollTop);
    const moved = tops[first] - before[first];
    body.style.paddingTop = `${tops[from]}px`;
    body.style.paddingBottom = `${tops[this.#order.length] - tops[to]}px`;
    if (Math.abs(moved) >= 1) box.scrollTop += moved;
  }

  /** Where each line begins, and at last where they end. */
  #tops(): Float64Array {
    let sum = 0;
    for (const height of this.#heights.values()) sum += height;
    const guess = this.#heights.size ? sum / this.#heights.size : GUESS;
    const tops = new Float64Array(this.#order.length + 1);
    this.#order.forEach((place, i) => {
      tops[i + 1] = tops[i] + (this.#heights.get(place) ?? guess);
    });
    return tops;
  }
}

/** The line that a height falls into. */
function above(tops: Float64Array, y: number): number {
  let [low, high] = [0, tops.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (tops[middle] <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}
