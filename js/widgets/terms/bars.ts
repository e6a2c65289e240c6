import { h, s } from '../../shared/dom';
import { count, percent } from '../../shared/format';
import { column, type Overlay, type Term } from './data';
import { diamond, ink } from './marks';
import { signed } from './words';

interface Shown {
  term: Term;
  overlay: Overlay | null;
  j: number;
  of: number;
  /** The bar of the chosen row. */
  at: number | null | undefined;
}

/** A table with a bar for each value of a category, and the teacher's mark on it. */
export function makeBars({ term, overlay, j, of, at }: Shown): HTMLElement {
  const student = column(term.scores, j, of);
  const teacher = overlay?.bars ?? null;
  const told = (teacher ?? []).filter((value) => !Number.isNaN(value));
  const low = Math.min(0, ...student, ...told);
  const high = Math.max(0, ...student, ...told);
  const span = high - low || 1;
  const share = (value: number) => (100 * (value - low)) / span;
  const rows = term.support?.reduce((sum, n) => sum + n, 0) ?? 0;
  const head = (text: string, type = '') => h('th', { scope: 'col', class: type }, text);
  const lines = student.map((value, i) => {
    const [start, end] = [share(Math.min(0, value)), share(Math.max(0, value))];
    const bar = `left:${start}%;width:${end - start}%;background:${ink(j, of)}`;
    const track = h(
      'div',
      { class: 'track' },
      h('span', { class: 'bar', style: bar }),
      h('span', { class: 'zero', style: `left:${share(0)}%` })
    );
    const said = teacher && !Number.isNaN(teacher[i]) ? teacher[i] : null;
    if (said !== null) track.append(hollow(share(said)));
    const name = term.names?.[0][i] ?? '';
    const n = term.support?.[i];
    return h(
      'tr',
      { class: at === i ? 'of-row' : '', 'aria-current': at === i ? 'true' : undefined },
      h('th', { scope: 'row', title: name }, name),
      h('td', { class: 'wide' }, track),
      h('td', { class: 'figure' }, signed(value)),
      ...(teacher ? [h('td', { class: 'figure dim' }, said === null ? '–' : signed(said))] : []),
      ...(n === undefined
        ? []
        : [h('td', { class: 'figure dim', title: percent(n / (rows || 1)) }, count(n))])
    );
  });
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': `What ${term.name} adds` },
    h(
      'table',
      { class: 'levels' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          head(term.kind === 'coefficient' ? 'term' : 'value'),
          h('td', { class: 'wide' }),
          head(term.kind === 'coefficient' ? 'coefficient' : 'adds', 'figure'),
          ...(teacher ? [head('teacher', 'figure')] : []),
          ...(term.support ? [head('rows', 'figure')] : [])
        )
      ),
      h('tbody', {}, ...lines)
    )
  );
}

function hollow(left: number): HTMLElement {
  const svg = s('svg', { width: 12, height: 12, viewBox: '-6 -6 12 12', 'aria-hidden': 'true' });
  svg.append(diamond(0, 0));
  return h('span', { class: 'hollow', style: `left:${left}%` }, svg as unknown as HTMLElement);
}
