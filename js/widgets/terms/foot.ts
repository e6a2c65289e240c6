import { h, swatch } from '../../shared/dom';
import type { Reasons, Terms } from './data';
import { follows, parts, plain, signed, target } from './words';

/** Below the terms: the sum of the chosen row, and what follows from it. */
export function makeFoot() {
  const element = h('section', {
    class: 'foot',
    'aria-live': 'polite',
    'aria-label': 'Chosen row'
  });
  const draw = (terms: Terms, reasons: Reasons | null, j: number) => {
    element.hidden = !reasons;
    element.replaceChildren(...(reasons ? told(terms, reasons, j) : []));
  };
  const say = (text: string) => {
    element.hidden = false;
    element.replaceChildren(h('p', { class: 'dim' }, text));
  };
  return { element, draw, say };
}

function told(terms: Terms, reasons: Reasons, j: number): HTMLElement[] {
  const chip = (value: string, name: string, more = '', before = '') =>
    h(
      'span',
      { class: `part${more}` },
      before,
      h('b', {}, value),
      ' ',
      h('span', { class: 'dim' }, name)
    );
  const start = terms.centred ? 'intercept, the mean row' : 'intercept';
  return [
    h(
      'p',
      {},
      h('strong', {}, `Row ${reasons.row}:`),
      ' ',
      chip(plain(terms.intercept[j]), start),
      ...parts(terms, reasons).flatMap((part) => [' ', chip(signed(part.adds), part.text)]),
      ' ',
      chip(plain(reasons.total[j]), target(terms, j), ' total', '= ')
    ),
    h('p', {}, ...(terms.j > 1 ? [swatch(j), ' '] : []), follows(terms, reasons, j))
  ];
}
