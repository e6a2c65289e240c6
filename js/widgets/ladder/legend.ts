import { h, s } from '../../shared/dom';

/** What the marks mean. */
export function legend(): HTMLElement {
  const sample = (...parts: SVGElement[]) =>
    s('svg', { width: 20, height: 20, viewBox: '-10 -10 20 20', 'aria-hidden': 'true' }, ...parts);
  const marker = (filled: boolean) =>
    s('circle', { class: filled ? 'marker filled' : 'marker', r: 4 });
  const item = (drawing: SVGElement, text: string) => h('li', {}, drawing, text);
  return h(
    'ul',
    { class: 'legend dim' },
    item(sample(s('circle', { class: 'ring', r: 8 }), marker(false)), 'chosen'),
    item(sample(marker(true)), 'knee: the smallest about as faithful as the best of its family'),
    item(sample(s('path', { class: 'whisker', d: 'M0 -8V8' }), marker(false)), '95 % interval')
  );
}
