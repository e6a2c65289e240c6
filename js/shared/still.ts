import { h } from './dom';
import { sheet } from './view';

/**
 * A drawing that the kernel made, in a shadow root of its own so that its style stays with it. It
 * has no scripts; should one have come in on the way, it is left out.
 */
export function still(html: string, style: string): HTMLElement {
  const host = h('div', { class: 'still' });
  const made = new DOMParser().parseFromString(html, 'text/html').body;
  for (const bad of made.querySelectorAll('script, iframe, object, embed, link')) bad.remove();
  for (const element of made.querySelectorAll('*')) {
    for (const { name } of [...element.attributes]) {
      if (/^on/i.test(name)) element.removeAttribute(name);
    }
  }
  const body = h('div', { class: 'jd' });
  body.append(...made.childNodes);
  const own =
    '.jd{background:none}.jd svg{max-width:100%;height:auto}.jd>:first-child{margin-top:0}';
  host.attachShadow({ mode: 'open' }).append(sheet(style + own), body);
  return host;
}
