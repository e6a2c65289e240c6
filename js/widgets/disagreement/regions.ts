import { h, KEYS, listen } from '../../shared/dom';
import { count, number, percent, percents, some } from '../../shared/format';
import type { Region, Regions } from './types';

interface Acts {
  seek: () => void;
  choose: (region: number | null) => void;
}

/** Where the two part more often: a button for every rule, which filters the table. */
export class RegionList {
  readonly element = h('section', { class: 'regions', 'aria-label': 'Regions of disagreement' });
  #buttons = new Map<number, HTMLElement>();

  constructor(
    readonly acts: Acts,
    readonly signal: AbortSignal
  ) {}

  show(regions: Regions | undefined, chosen: number | null): void {
    this.#buttons.clear();
    const known = regions && 'sought' in regions;
    this.element.hidden = !known;
    if (!known) return;
    this.element.replaceChildren(...(regions.sought ? this.#found(regions) : this.#offer(regions)));
    this.choose(chosen);
  }

  choose(region: number | null): void {
    for (const [number, button] of this.#buttons) {
      button.setAttribute('aria-pressed', String(number === region));
    }
  }

  #offer({ unasked, rows }: Regions): HTMLElement[] {
    const words = h('p', { class: 'dim', role: 'status' }, 'Seeking regions of disagreement …');
    if (unasked) return [words];
    const button = this.#button('button', () => {
      button.replaceWith(words);
      this.acts.seek();
    });
    button.append('Seek regions of disagreement');
    const about = `Among ${count(rows ?? 0)} rows this takes some seconds.`;
    return [h('p', { class: 'offer' }, button, h('span', { class: 'dim' }, about))];
  }

  #found(regions: Regions): HTMLElement[] {
    const all = regions.found ?? [];
    const clear = all.filter((one) => one.clear);
    const rest = all.filter((one) => !one.clear);
    const head = clear.length
      ? h(
          'p',
          { class: 'caption' },
          regions.numbers ? 'Where the two are furthest apart' : 'Where the two part'
        )
      : h(
          'p',
          { class: 'dim' },
          'Disagreement is spread evenly: no region stands out beyond chance.'
        );
    const list = (shown: Region[]) =>
      h('ul', {}, ...shown.map((one) => h('li', {}, this.#line(one, regions))));
    const made: HTMLElement[] = [head];
    if (clear.length) made.push(list(clear));
    if (rest.length) {
      const words = `${some(rest.length, 'regions')} more that may be chance`;
      made.push(h('details', {}, h('summary', { ...KEYS }, words), list(rest)));
    }
    made.push(...(regions.notes ?? []).map((note) => h('p', { class: 'dim' }, note)));
    return made;
  }

  #line(one: Region, { numbers, measured }: Regions): HTMLElement {
    const write = (value: number | null) =>
      value === null ? '–' : numbers ? number(Number(value.toPrecision(3))) : percent(value);
    const [rate, low, high] = one.rate.map(write);
    const button = this.#button('region', () => {
      const again = button.getAttribute('aria-pressed') === 'true';
      this.acts.choose(again ? null : one.number);
    });
    const [, from, to] = one.rate;
    const span = numbers || from === null || to === null ? `${low} to ${high}` : percents(from, to);
    const figure = h(
      'span',
      { class: 'rate' },
      h('strong', {}, rate),
      h('span', { class: 'dim' }, span)
    );
    const said = numbers
      ? `apart by ${rate} (RMSE; 95 % interval ${span}), elsewhere by ${write(one.elsewhere)}`
      : `they part in ${rate} of such rows (95 % interval ${span}), elsewhere in ${write(one.elsewhere)}`;
    const about =
      `${numbers ? '(RMSE)' : 'of such rows'}; elsewhere ${write(one.elsewhere)}. ` +
      `${some(one.rows, 'rows')} of ${measured}; ${one.right}`;
    const rule = h('span', { class: 'rule' }, one.rule);
    button.append(
      figure,
      h(
        'span',
        { class: 'said' },
        h('span', {}, numbers ? 'Apart where ' : 'They part where ', rule),
        h('span', { class: 'dim' }, about)
      )
    );
    button.title = `${one.rule}: ${said}`;
    this.#buttons.set(one.number, button);
    return button;
  }

  #button(name: string, act: () => void): HTMLElement {
    const made = h('button', { type: 'button', class: name, 'aria-pressed': 'false', ...KEYS });
    if (name !== 'region') made.removeAttribute('aria-pressed');
    listen(made, this.signal, { click: act });
    return made;
  }
}
