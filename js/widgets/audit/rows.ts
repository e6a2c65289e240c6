import { h, KEYS, listen, stepOf } from '../../shared/dom';
import type { Reasons } from './data';

const PAGE = 8;

type Order = 'place' | 'alike' | 'apart';
const ORDERS: [Order, string][] = [
  ['place', 'in their order'],
  ['alike', 'least alike reasons first'],
  ['apart', 'where the two part first']
];

/** The rows that were explained, to walk through; the first line is the mean of all. */
export function rowList(reasons: Reasons, signal: AbortSignal, choose: (row: number) => void) {
  const n = reasons.rows.length;
  const known = reasons.teacher !== null;
  const option = (row: number) => {
    if (row < 0) {
      return h('li', { role: 'option', class: 'all' }, `All ${n} rows: the mean`);
    }
    const apart = reasons.apart(row);
    return h(
      'li',
      { role: 'option', class: apart ? 'apart' : '' },
      h('span', { class: 'label', title: reasons.labels[row] }, reasons.labels[row]),
      h('span', { class: 'who', title: reasons.said(0, row) }, reasons.said(0, row)),
      h(
        'span',
        { class: 'who', title: reasons.said(1, row) },
        ...(apart ? [h('b', {}, '≠ ')] : []),
        reasons.said(1, row)
      )
    );
  };
  const options = Array.from({ length: n + 1 }, (_, i) => option(i - 1));
  const list = h('ul', {
    role: 'listbox',
    class: 'rows',
    'aria-label': 'Explained rows: row, what the teacher says, what the student says',
    ...KEYS
  });
  const select = h(
    'select',
    { class: 'field', ...KEYS },
    ...ORDERS.filter(
      ([name]) => (known || name !== 'alike') && (reasons.classes.length || name !== 'apart')
    ).map(([value, words]) => h('option', { value }, words))
  );
  const before = h('button', { type: 'button', class: 'button', ...KEYS }, '‹ Previous');
  const after = h('button', { type: 'button', class: 'button', ...KEYS }, 'Next ›');
  const heads = h(
    'div',
    { class: 'row-heads dim', 'aria-hidden': 'true' },
    h('span', {}, 'row'),
    h('span', {}, 'teacher'),
    h('span', {}, 'student')
  );

  let order: number[] = [];
  let at = 0; // place in the order

  const arrange = () => {
    const by = select.value as Order;
    const rows = Array.from({ length: n }, (_, i) => i);
    const score = (i: number) =>
      by === 'alike' ? (Number.isNaN(reasons.alike[i]) ? 2 : reasons.alike[i]) : 0;
    if (by === 'alike') rows.sort((a, b) => score(a) - score(b) || a - b);
    if (by === 'apart') rows.sort((a, b) => +reasons.apart(b) - +reasons.apart(a) || a - b);
    const row = order[at] ?? -1;
    order = [-1, ...rows];
    at = order.indexOf(row);
    list.replaceChildren(...order.map((i) => options[i + 1]));
  };

  const mark = () => {
    for (const [i, one] of options.entries()) {
      const mine = i === order[at] + 1;
      one.setAttribute('aria-selected', String(mine));
      one.tabIndex = mine ? 0 : -1;
    }
    before.disabled = at <= 0;
    after.disabled = at >= n;
  };
  const reach = () => {
    const one = options[order[at] + 1];
    // the list alone is scrolled, never the notebook
    const [top, bottom] = [
      one.offsetTop - list.offsetTop,
      one.offsetTop - list.offsetTop + one.offsetHeight
    ];
    if (top < list.scrollTop) list.scrollTop = top;
    else if (bottom > list.scrollTop + list.clientHeight)
      list.scrollTop = bottom - list.clientHeight;
  };
  const go = (to: number, focus: boolean) => {
    at = Math.max(0, Math.min(n, to));
    mark();
    reach();
    if (focus) options[order[at] + 1].focus({ preventScroll: true });
    choose(order[at]);
  };

  listen(select, signal, {
    change: () => {
      arrange();
      mark();
      reach();
    }
  });
  listen(before, signal, { click: () => go(at - 1, false) });
  listen(after, signal, { click: () => go(at + 1, false) });
  listen(list, signal, {
    click: (event) => {
      const made = order.findIndex((i) => event.composedPath().includes(options[i + 1]));
      if (made >= 0) go(made, true);
    },
    keydown: (event) => {
      const next = stepOf(event, {
        ArrowDown: at + 1,
        ArrowUp: at - 1,
        PageDown: at + PAGE,
        PageUp: at - PAGE,
        Home: 0,
        End: n,
        Escape: 0
      });
      if (next !== undefined) go(next, true);
    }
  });
  arrange();
  mark();

  const element = h(
    'div',
    { class: 'chooser' },
    h('label', { class: 'dim' }, 'Rows ', select),
    heads,
    list,
    h('div', { class: 'steps' }, before, after)
  );
  return {
    element,
    /** Marks a row that was chosen elsewhere; -1: the mean. */
    follow(row: number): void {
      if (order[at] === row) return;
      at = Math.max(0, order.indexOf(row));
      mark();
      reach();
    }
  };
}
