import { h, s } from '../../shared/dom';
import { scale } from './axis';
import { column, type Term, type Terms } from './data';
import { diverging, dot, ink } from './marks';
import { signed } from './words';

/** All coefficients as bars on one scale: how far each moves the score. */
export function coefficients(terms: Terms, j: number, choose: (term: number) => void): HTMLElement {
  const lines = terms.terms
    .flatMap((term, t) => (term.coefficients ?? []).map((one) => ({ one, t })))
    .sort(
      (a, b) => Math.max(...b.one.moves.map(Math.abs)) - Math.max(...a.one.moves.map(Math.abs))
    );
  const most = Math.max(...lines.flatMap(({ one }) => one.moves.map(Math.abs)), 0);
  const row = ({ one, t }: (typeof lines)[number]) => {
    const name = h('button', { type: 'button', class: 'link', title: one.name }, one.name);
    name.dataset.term = String(t);
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, name),
      h('td', { class: 'wide' }, diverging(one.moves[j], most)),
      h('td', { class: 'figure' }, signed(one.values[j]))
    );
  };
  const table = h(
    'table',
    { class: 'levels coefficients' },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, 'term'),
        h(
          'th',
          { scope: 'col', class: 'wide' },
          h(
            'span',
            { class: 'ends' },
            h('span', {}, '←', h('span', { class: 'word' }, ' lowers')),
            h('span', {}, h('span', { class: 'word' }, 'raises '), '→')
          )
        ),
        h('th', { scope: 'col', class: 'figure' }, 'coefficient')
      )
    ),
    h('tbody', {}, ...lines.map(row))
  );
  pick(table, choose);
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'All coefficients' },
    table
  );
}

const WIDE = 168;
const TALL = 64;

/** Every shape small, all of single columns on one scale. */
export function multiples(terms: Terms, j: number, choose: (term: number) => void): HTMLElement {
  const single = terms.terms.filter((term) => term.kind !== 'pair');
  const most = Math.max(
    ...single.flatMap((term) => column(term.scores, j, terms.j).map(Math.abs)),
    0
  );
  const made = terms.terms.map((term, t) => {
    const of =
      term.kind === 'pair' ? Math.max(...column(term.scores, j, terms.j).map(Math.abs), 0) : most;
    const button = h(
      'button',
      { type: 'button', class: 'small', title: term.name },
      h('span', { class: 'name' }, term.name),
      sketch(term, j, terms.j, of || 1) as unknown as HTMLElement
    );
    button.dataset.term = String(t);
    return h('li', {}, button);
  });
  const list = h('ul', { class: 'multiples', 'aria-label': 'All terms' }, ...made);
  pick(list, choose);
  return list;
}

function pick(place: HTMLElement, choose: (term: number) => void): void {
  // ends with the element, which nothing else holds
  place.onclick = (event) => {
    const at = (event.target as Element).closest<HTMLElement>('[data-term]')?.dataset.term;
    if (at !== undefined) choose(Number(at));
  };
}

function sketch(term: Term, j: number, of: number, most: number): SVGSVGElement {
  const svg = s('svg', {
    viewBox: `0 0 ${WIDE} ${TALL}`,
    preserveAspectRatio: 'none',
    'aria-hidden': 'true'
  });
  const scores = column(term.scores, j, of);
  const y = scale(-most, most, TALL - 3, 3);
  const fill = ink(j, of);
  if (term.kind === 'pair') {
    const [rows, columns] = (term.names as string[][]).map((names) => names.length);
    const [w, t] = [WIDE / columns, TALL / rows];
    scores.forEach((value, i) => {
      if (term.support && !term.support[i]) return;
      const tone = value < 0 ? 'var(--jd-warn)' : 'var(--jd-accent)';
      const style = `fill:${tone};fill-opacity:${((0.75 * Math.abs(value)) / most).toFixed(3)}`;
      const [r, c] = [Math.floor(i / columns), i % columns];
      svg.append(
        s('rect', {
          x: (c * w).toFixed(1),
          y: (r * t).toFixed(1),
          width: w.toFixed(1),
          height: t.toFixed(1),
          style
        })
      );
    });
    return svg;
  }
  svg.append(s('path', { class: 'level zero', d: `M0 ${TALL / 2}H${WIDE}` }));
  if (term.kind === 'bars') {
    const step = Math.min(28, WIDE / scores.length);
    scores.forEach((value, i) => {
      const [top, bottom] = [y(Math.max(value, 0)), y(Math.min(value, 0))];
      svg.append(
        s('rect', {
          x: (i * step).toFixed(1),
          y: top.toFixed(1),
          width: Math.max(step - 2, 1).toFixed(1),
          height: Math.max(bottom - top, 0.5).toFixed(1),
          style: `fill:${fill}`
        })
      );
    });
    return svg;
  }
  const room = term.missing ? 18 : 0;
  const x = scale(term.edges[0], term.edges[term.edges.length - 1], 0, WIDE - room);
  const d = scores.map(
    (v, i) =>
      `${x(term.edges[i]).toFixed(1)} ${y(v).toFixed(1)}L${x(term.edges[i + 1]).toFixed(1)} ${y(v).toFixed(1)}`
  );
  svg.append(s('path', { class: 'student-line', d: `M${d.join('L')}`, style: `stroke:${fill}` }));
  if (term.missing) svg.append(dot(WIDE - 6, y(term.missing.scores[j]), fill));
  return svg;
}
