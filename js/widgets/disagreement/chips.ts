import { h, KEYS, listen } from '../../shared/dom';

export interface Chip {
  text: string;
  /** What a press does, for those who do not see the cross. */
  remedy: string;
  remove: () => void;
}

/** What narrows the rows, each with a cross; with several of them one for all. */
export class Chips {
  readonly element = h('div', {
    class: 'chips',
    role: 'group',
    'aria-label': 'What the rows are narrowed to',
    hidden: true
  });

  constructor(
    readonly signal: AbortSignal,
    readonly clear: () => void
  ) {}

  show(chips: Chip[]): void {
    const focused = [...this.element.children].indexOf(this.#active as Element);
    const made = chips.map(({ text, remedy, remove }) => {
      const words = h('span', { class: 'clip', title: text }, text);
      return this.#button('button chip', [words, cross()], `${text}. ${remedy}`, remove);
    });
    if (chips.length > 1) {
      made.push(this.#button('button plain', ['Clear all'], 'Clear all', this.clear));
    }
    this.element.replaceChildren(...made);
    this.element.hidden = !chips.length;
    // the next chip takes the place, and the focus, of one that was removed
    if (focused >= 0) made[Math.min(focused, made.length - 1)]?.focus();
  }

  get #active(): Element | null {
    return (this.element.getRootNode() as ShadowRoot).activeElement ?? null;
  }

  #button(name: string, inside: (Node | string)[], label: string, act: () => void): HTMLElement {
    const made = h(
      'button',
      { type: 'button', class: name, 'aria-label': label, ...KEYS },
      ...inside
    );
    listen(made, this.signal, { click: act });
    return made;
  }
}

const cross = (): HTMLElement => h('span', { class: 'cross', 'aria-hidden': 'true' }, '×');
