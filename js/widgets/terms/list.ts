import { actOn, h, isPlain, KEYS, listen } from '../../shared/dom';
import type { Reasons, Terms } from './data';
import { diverging } from './marks';
import { plain, signed } from './words';

interface State {
  terms: Terms;
  reasons: Reasons | null;
  chosen: number | null;
}

/** All terms by importance, to filter and choose from; of a chosen row what each adds. */
export function makeList(choose: (term: number | null) => void, signal: AbortSignal) {
  const filter = h('input', {
    type: 'search',
    class: 'filter',
    placeholder: 'Filter terms',
    'aria-label': 'Filter terms by name',
    ...KEYS
  });
  const box = h('ul', {
    class: 'terms',
    role: 'listbox',
    'aria-label': 'Terms by importance',
    ...KEYS
  });
  const caption = h('p', { class: 'caption dim', 'aria-hidden': 'true' });
  const none = h('p', { class: 'dim none', role: 'status' });
  const element = h('div', { class: 'side' }, filter, caption, box, none);
  let state: State | null = null;
  let tab = 0;
  let order: number[] = [];

  const options = () => [...box.children] as HTMLElement[];
  const focus = (place: number) => {
    const item = options()[place];
    if (!item) return;
    options()[order.indexOf(tab)]?.setAttribute('tabindex', '-1');
    tab = order[place];
    item.setAttribute('tabindex', '0');
    item.focus();
  };

  const draw = (next: State) => {
    state = next;
    const { terms, reasons, chosen } = next;
    const root = box.getRootNode() as ShadowRoot;
    const held = root.activeElement && box.contains(root.activeElement);
    const wanted = filter.value.trim().toLocaleLowerCase();
    order = terms.terms
      .map((_, t) => t)
      .filter((t) => terms.terms[t].name.toLocaleLowerCase().includes(wanted));
    if (!order.includes(tab))
      tab = chosen !== null && order.includes(chosen) ? chosen : (order[0] ?? 0);
    const most = reasons
      ? Math.max(...reasons.adds.map(Math.abs), 0)
      : Math.max(...terms.terms.map((term) => term.importance), 0);
    box.setAttribute(
      'aria-label',
      reasons ? `What each term adds for row ${reasons.row}` : 'Terms by importance'
    );
    caption.replaceChildren(
      h('span', {}, 'term'),
      h('span', {}, reasons ? `adds for row ${reasons.row}` : 'importance')
    );
    box.replaceChildren(
      ...order.map((t) => {
        const term = terms.terms[t];
        const bar = reasons ? diverging(reasons.adds[t], most) : plainBar(term.importance, most);
        const figure = reasons ? signed(reasons.adds[t]) : plain(term.importance);
        const value = reasons ? h('span', { class: 'value dim' }, reasons.values[t]) : '';
        return h(
          'li',
          {
            role: 'option',
            'data-term': t,
            tabindex: t === tab ? 0 : -1,
            'aria-selected': String(t === chosen),
            title: term.name
          },
          h('span', { class: 'name' }, h('span', {}, term.name), value),
          bar,
          h('span', { class: 'figure' }, figure)
        );
      })
    );
    none.textContent = order.length ? '' : 'No term has such a name.';
    none.hidden = order.length > 0;
    filter.hidden = terms.terms.length < 6;
    if (held) options()[order.indexOf(tab)]?.focus();
  };

  listen(filter, signal, {
    input: () => state && draw(state),
    keydown: (event) => {
      if (event.key === 'ArrowDown') focus(0);
      else if (event.key === 'Escape' && filter.value) {
        filter.value = '';
        if (state) draw(state);
      } else return;
      event.preventDefault();
      event.stopPropagation();
    }
  });
  const toggle = (t: number) => choose(t === state?.chosen ? null : t);
  listen(box, signal, {
    click: (event) => {
      const at = (event.target as Element).closest<HTMLElement>('[data-term]')?.dataset.term;
      if (at === undefined) return;
      focus(order.indexOf(Number(at)));
      toggle(Number(at));
    },
    keydown: (event) => {
      if (!isPlain(event)) return;
      const at = order.indexOf(tab);
      const acts: Record<string, () => void> = {
        ArrowDown: () => focus(Math.min(order.length - 1, at + 1)),
        ArrowUp: () => focus(Math.max(0, at - 1)),
        Home: () => focus(0),
        End: () => focus(order.length - 1),
        Enter: () => toggle(tab),
        ' ': () => toggle(tab),
        Escape: () => choose(null)
      };
      actOn(event, acts);
    }
  });
  return { element, draw };
}

function plainBar(value: number, most: number): HTMLElement {
  const share = most > 0 ? (100 * value) / most : 0;
  return h(
    'span',
    { class: 'track', 'aria-hidden': 'true' },
    h('span', {
      class: 'bar',
      style: `left:0;width:${share.toFixed(2)}%;background:var(--jd-accent)`
    })
  );
}
