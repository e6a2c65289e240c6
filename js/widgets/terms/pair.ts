import { h, isPlain, KEYS, listen } from '../../shared/dom';
import { count } from '../../shared/format';
import { column, type Term } from './data';
import { signed } from './words';

/** Up to this much ink, text and rings on a cell can be seen, light or dark. */
const STRONGEST = 75;

const paint = (value: number, most: number): string => {
  const tone = value < 0 ? 'var(--jd-warn)' : 'var(--jd-accent)';
  const share = most > 0 ? (STRONGEST * Math.abs(value)) / most : 0;
  return `background:color-mix(in srgb, ${tone} ${share.toFixed(1)}%, var(--jd-bg))`;
};

interface Shown {
  term: Term;
  j: number;
  of: number;
  at: number | null | undefined;
}

/** A map of two columns: what is added where they meet. */
export function makePair(
  { term, j, of, at }: Shown,
  say: (text: string) => void,
  signal: AbortSignal
) {
  const [downAll, acrossAll] = term.names as [string[], string[]];
  const scores = column(term.scores, j, of);
  const [first, second] = term.columns;
  const met = (i: number) => !term.support || term.support[i] > 0;
  const cell = (r: number, c: number) => r * acrossAll.length + c;
  // what no row ever meets in a whole line is not drawn
  const down = downAll.map((_, r) => r).filter((r) => acrossAll.some((_, c) => met(cell(r, c))));
  const across = acrossAll.map((_, c) => c).filter((c) => downAll.some((_, r) => met(cell(r, c))));
  const most = Math.max(...scores.filter((_, i) => met(i)).map(Math.abs), 0);
  const cells = new Map<number, HTMLElement>();
  const said = (r: number, c: number) => {
    const i = cell(r, c);
    const rows = term.support ? ` · ${count(term.support[i])} rows` : '';
    return `${first} ${downAll[r]}, ${second} ${acrossAll[c]}: ${signed(scores[i])}${rows}`;
  };
  let tab = at !== null && at !== undefined && at >= 0 ? at : cell(down[0], across[0]);
  const body = down.map((r) =>
    h(
      'tr',
      { role: 'row' },
      h('th', { scope: 'row', role: 'rowheader', title: downAll[r] }, downAll[r]),
      ...across.map((c) => {
        const i = cell(r, c);
        const made = h('td', {
          role: 'gridcell',
          tabindex: i === tab ? 0 : -1,
          'data-cell': `${r},${c}`,
          'aria-label': said(r, c),
          class: `${met(i) ? '' : 'unmet'}${i === at ? ' of-row' : ''}`.trim(),
          style: met(i) ? paint(scores[i], most) : ''
        });
        cells.set(i, made);
        return made;
      })
    )
  );
  const table = h(
    'table',
    { class: 'map', role: 'grid', 'aria-label': `What ${term.name} add together`, ...KEYS },
    h('tbody', {}, ...body),
    h(
      'tfoot',
      {},
      h(
        'tr',
        { role: 'row' },
        h('td', { role: 'presentation' }),
        ...across.map((c) =>
          h(
            'th',
            { scope: 'col', role: 'columnheader', title: acrossAll[c] },
            h('span', {}, acrossAll[c])
          )
        )
      )
    )
  );
  const where = (target: EventTarget | null) =>
    (target as Element | null)
      ?.closest?.<HTMLElement>('[data-cell]')
      ?.dataset.cell?.split(',')
      .map(Number);
  listen(table, signal, {
    pointermove: (event) => {
      const spot = where(event.target);
      say(spot ? said(spot[0], spot[1]) : '');
    },
    pointerleave: () => say(''),
    focusin: (event) => {
      const spot = where(event.target);
      if (spot) say(said(spot[0], spot[1]));
    },
    focusout: () => say(''),
    keydown: (event) => {
      const spot = where(event.target);
      if (!spot || !isPlain(event)) return;
      const [r, c] = [down.indexOf(spot[0]), across.indexOf(spot[1])];
      const to: Record<string, [number, number]> = {
        ArrowUp: [r - 1, c],
        ArrowDown: [r + 1, c],
        ArrowLeft: [r, c - 1],
        ArrowRight: [r, c + 1],
        Home: [r, 0],
        End: [r, across.length - 1]
      };
      if (!(event.key in to)) return;
      event.preventDefault();
      event.stopPropagation();
      const [row, col] = to[event.key];
      if (row < 0 || row >= down.length || col < 0 || col >= across.length) return;
      cells.get(tab)?.setAttribute('tabindex', '-1');
      tab = cell(down[row], across[col]);
      cells.get(tab)?.setAttribute('tabindex', '0');
      cells.get(tab)?.focus();
    }
  });
  return h(
    'div',
    { class: 'pair' },
    h('div', { class: 'scroll' }, h('p', { class: 'dim axis-name' }, `${first} ↓`), table),
    h('p', { class: 'dim axis-name across' }, `${second} →`),
    legend(most)
  );
}

/** Which ink is which number. */
function legend(most: number): HTMLElement {
  const item = (share: number) =>
    h(
      'li',
      {},
      h('i', { class: 'chip', style: paint(share * most, most), 'aria-hidden': 'true' }),
      share ? signed(share * most) : '0'
    );
  return h(
    'ul',
    { class: 'inks', 'aria-label': 'Which colour is which number' },
    ...[-1, -0.5, 0, 0.5, 1].map(item),
    h('li', {}, h('i', { class: 'chip unmet', 'aria-hidden': 'true' }), 'no rows')
  );
}
