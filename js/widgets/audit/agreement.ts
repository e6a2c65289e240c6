import { h } from '../../shared/dom';
import type { Measured, Reasons } from './data';

const figure = (value: number | null): string =>
  value === null ? '–' : value.toFixed(2).replace('-', '\u2212');
const interval = ([value, low, high]: Measured['both']): string =>
  low === null || high === null
    ? figure(value)
    : `${figure(value)} [${figure(low)}, ${figure(high)}]`;

/** How far both agree in their reasons, beside how far the teacher does with itself. */
export function agreement(reasons: Reasons, row: number): HTMLElement | null {
  const { agreement: told } = reasons;
  if (!told.length) return null;
  const floor = told.some((one) => one.floor[0] !== null);
  const ends = told.flatMap((one) => [...one.both, ...one.floor]).filter((v) => v !== null);
  const low = Math.min(0, ...ends);
  const at = (value: number) => `${((100 * (value - low)) / (1 - low)).toFixed(2)}%`;
  const mark = ([value, from, to]: Measured['both'], shape: string): HTMLElement => {
    const lane = h('div', { class: 'lane' });
    if (from !== null && to !== null) {
      const wide = `left:${at(from)};right:calc(100% - ${at(to)})`;
      lane.append(h('span', { class: `range ${shape}`, style: wide }));
    }
    if (value !== null) lane.append(h('i', { class: `mark ${shape}`, style: `left:${at(value)}` }));
    return lane;
  };
  const line = (one: Measured) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, one.words),
      h(
        'td',
        { class: 'scale', 'aria-hidden': 'true' },
        h(
          'div',
          { class: 'axis' },
          mark(one.both, 'both'),
          ...(floor ? [mark(one.floor, 'floor')] : [])
        )
      ),
      h(
        'td',
        { class: 'figure' },
        interval(one.both),
        ...(one.below ? [' ', h('span', { class: 'tag warned' }, '▲ below')] : [])
      ),
      ...(floor ? [h('td', { class: 'figure dim' }, interval(one.floor))] : [])
    );
  const alike = row >= 0 ? reasons.alike[row] : Number.NaN;
  const own = Number.isNaN(alike)
    ? []
    : [
        h(
          'p',
          { class: 'own' },
          `In row ${reasons.labels[row]} the two order the columns alike by ${figure(alike)}.`
        )
      ];
  const below = told.some((one) => one.below)
    ? [
        h(
          'p',
          { class: 'dim' },
          '▲ below: less than the teacher agrees with itself, beyond chance.'
        )
      ]
    : [];
  const head = (text: string, key: string) =>
    h(
      'th',
      { scope: 'col', class: 'figure' },
      h('i', { class: `mark ${key}`, 'aria-hidden': 'true' }),
      ` ${text}`
    );
  return h(
    'div',
    { class: 'agreement' },
    h(
      'table',
      {},
      h(
        'caption',
        {},
        'How far the two agree in their reasons (1: wholly), mean and 95 % interval'
      ),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('td', {}),
          h(
            'td',
            { class: 'scale', 'aria-hidden': 'true' },
            h(
              'div',
              { class: 'axis' },
              h('span', {}, low === 0 ? '0' : figure(low)),
              h('span', {}, '1')
            )
          ),
          head('student with teacher', 'both'),
          ...(floor ? [head('teacher with itself', 'floor')] : [])
        )
      ),
      h('tbody', {}, ...told.map(line))
    ),
    ...below,
    ...own
  );
}
