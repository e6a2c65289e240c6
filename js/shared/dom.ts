type Attributes = Record<string, string | number | boolean | undefined>;
type Child = Node | string;

const SVG = 'http://www.w3.org/2000/svg';

function fill<E extends Element>(element: E, attributes: Attributes, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children);
  return element;
}

/** An HTML element; strings become text nodes, never markup. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function s<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS(SVG, tag) as SVGElementTagNameMap[K], attributes, children);
}

/** Sets, or with null removes, attributes of an element that is already there. */
export function attr(element: Element, attributes: Record<string, string | number | null>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value)) {
      element.setAttribute(name, String(value));
    }
  }
}

type Acts = { [E in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[E]) => void };

/** Listens to an element until the signal ends. */
export function listen(element: Element, signal: AbortSignal, acts: Acts): void {
  for (const [name, act] of Object.entries(acts)) {
    element.addEventListener(name, act as EventListener, { signal });
  }
}

/** Marks a control whose keys must not reach the shortcuts of the notebook around it. */
export const KEYS = { 'data-lm-suppress-shortcuts': 'true' } as const;

/** Whether a key is pressed without those that make it a shortcut of the page. */
export const isPlain = (event: KeyboardEvent): boolean =>
  !event.ctrlKey && !event.metaKey && !event.altKey;

/** Where a key leads among things that arrow keys walk through; then nobody else hears of it. */
export function stepOf(event: KeyboardEvent, to: Record<string, number>): number | undefined {
  if (!isPlain(event)) return undefined;
  const next = to[event.key];
  if (next === undefined) return undefined;
  event.preventDefault();
  event.stopPropagation();
  return next;
}

/** Does what a key means here, if anything; then nobody else hears of it. */
export function actOn(event: KeyboardEvent, acts: Record<string, () => void>): void {
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

/**
 * Acts on what was typed when the field is left, and on Enter. In the output of a cell JupyterLab
 * cancels what Enter does in a field, and then the browser tells of no change before it is left.
 */
export function onEntered(field: HTMLInputElement, act: () => void, signal: AbortSignal): void {
  let told: string | null = null;
  const enter = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    act();
    told = field.value;
  };
  const change = () => {
    // elsewhere the browser tells of it too: once is enough
    if (field.value !== told) act();
    told = null;
  };
  listen(field, signal, { keydown: enter, change });
}

/** A coloured square; the name beside it is the second cue. */
export const square = (fill: string): HTMLElement =>
  h('i', { class: 'swatch', style: `background:${fill}`, 'aria-hidden': 'true' });

/** The square of a class. */
export const swatch = (index: number): HTMLElement => square(colour(index));

/** Of more than eight classes the colours come again, nearer to the ink, then to the ground. */
const TURNS = ['', 'var(--jd-ink) 45%', 'var(--jd-bg) 50%'];

/** The CSS colour of a class by its position; see theme.css. */
export function colour(index: number): string {
  if (index < 0) return 'var(--jd-none)';
  const [hue, turn] = [`var(--jd-class-${index % 8})`, TURNS[Math.floor(index / 8) % TURNS.length]];
  return turn ? `color-mix(in srgb, ${hue}, ${turn})` : hue;
}
