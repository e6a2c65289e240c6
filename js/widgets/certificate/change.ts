import { h } from '../../shared/dom';
import type { Change, Constraint } from './types';

const SIGNS: Record<string, string> = { proven: '✔', checked: '✔', violated: '✖', unknown: '?' };

/** What would have to change for another decision: from, to, and whether both models follow. */
export function change(of: Change): HTMLElement {
  const title = h('h3', {}, `The smallest change to ${of.wanted}`);
  const because = of.because.map((text) => h('p', {}, `${text}.`));
  if (!of.steps.length) {
    const none = h('p', {}, `None; ${of.how}.`);
    return h(
      'section',
      {},
      title,
      none,
      ...because,
      h('p', { class: 'dim' }, `Limits: ${of.limits}.`)
    );
  }
  const head = (text: string) => h('th', { scope: 'col' }, text);
  const arrow = () => h('td', { class: 'arrow', 'aria-hidden': 'true' }, '→');
  const rows = of.steps.map(({ column, before, after, size }) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, column),
      h('td', {}, before),
      arrow(),
      h('td', { class: 'after' }, after),
      h('td', { class: 'dim' }, size)
    )
  );
  const table = h(
    'table',
    { class: 'steps' },
    h('caption', { class: 'unseen' }, 'What changes, from and to'),
    h(
      'thead',
      {},
      h('tr', {}, head('column'), head('from'), h('td', {}), head('to'), head('size'))
    ),
    h('tbody', {}, ...rows)
  );
  const verdict =
    of.shared === null
      ? 'tried on the student alone'
      : of.shared
        ? '✔ tried on both: they agree'
        : '▲ tried on both: the teacher does not follow';
  return h(
    'section',
    {},
    title,
    table,
    h('p', {}, h('span', { class: of.shared === false ? 'tag warned' : 'tag' }, verdict)),
    h('p', {}, `The student then says ${of.student}. ${of.teacher}`),
    ...because,
    h('p', { class: 'dim' }, sentence(`${of.how}; ${of.limits}.`))
  );
}

/** What the student was fitted to keep, how that is known, and which of it bound the change. */
export function constraints(kept: Constraint[]): HTMLElement {
  const head = (text: string) => h('th', { scope: 'col' }, text);
  const rows = kept.map(({ what, status, words, how, bound }) =>
    h(
      'tr',
      {},
      h(
        'th',
        { scope: 'row' },
        what,
        ...(bound ? [' ', h('span', { class: 'tag' }, 'bounds the change')] : [])
      ),
      h(
        'td',
        { class: `status is-${status}` },
        h('span', { 'aria-hidden': 'true' }, `${SIGNS[status] ?? ''} `),
        words
      ),
      h('td', { class: 'dim' }, how)
    )
  );
  return h(
    'section',
    {},
    h('h3', {}, 'What the student was fitted to keep'),
    h(
      'table',
      { class: 'kept' },
      h('caption', { class: 'unseen' }, 'Constraints and how it is known that they hold'),
      h('thead', {}, h('tr', {}, head('constraint'), head('holds'), head('how that is known'))),
      h('tbody', {}, ...rows)
    )
  );
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
