import { h } from '../../shared/dom';
import { signed, twinLegend, twins } from '../../shared/twin';
import { earlierTable, marginTable, ruleTable } from './margins';
import type { Account, Reasons, Sum } from './types';

/** Why the student says so: the exact rule with its margins, or the sum with all its terms. */
export function why(one: Account): HTMLElement {
  const { rule, sum, margins } = one;
  const parts: HTMLElement[] = [];
  if (rule) {
    parts.push(h('p', { class: 'rule' }, 'Because ', h('strong', {}, rule.text)), ruleTable(rule));
    const earlier = earlierTable(rule);
    if (earlier) parts.push(earlier);
  }
  if (sum) parts.push(...added(sum));
  if (margins.length) parts.push(marginTable(margins));
  parts.push(h('p', { class: 'dim' }, one.support));
  return h(
    'section',
    {},
    h('h3', {}, rule ? 'The rule that decided' : 'The sum that decided'),
    ...parts
  );
}

function added(sum: Sum): HTMLElement[] {
  const { scores, shown } = sum;
  const of = scores.length > 1 ? ` to ${scores[shown]}` : '';
  const line = (name: string, adds: number[]) => ({ name, values: [adds[shown]] });
  const bars = twins({
    lines: [
      line('intercept', sum.intercept),
      ...sum.terms.map((term) => line(term.text, term.adds)),
      line('sum', sum.total)
    ],
    caption: `All that is added${of}: what is not listed adds nothing`,
    head: 'term',
    whose: ['student'],
    heads: ['adds'],
    write: signed
  });
  bars.classList.add('added');
  const head = scores.length > 1 ? [h('p', { class: 'dim' }, `Bars: what each adds${of}.`)] : [];
  return [
    h('p', {}, sum.text),
    ...head,
    bars,
    ...(scores.length > 1 ? [allScores(sum)] : []),
    ...sum.inside.map((text) => h('p', { class: 'dim small' }, text))
  ];
}

function allScores(sum: Sum): HTMLElement {
  const row = (name: string, adds: number[]) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, name),
      ...adds.map((value) => h('td', { class: 'figure' }, signed(value)))
    );
  const table = h(
    'table',
    { class: 'plain' },
    h('caption', { class: 'unseen' }, 'What each term adds to each score'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, 'term'),
        ...sum.scores.map((score) => h('th', { scope: 'col', class: 'figure' }, score))
      )
    ),
    h(
      'tbody',
      {},
      row('intercept', sum.intercept),
      ...sum.terms.map((term) => row(term.text, term.adds)),
      row('sum', sum.total)
    )
  );
  return h(
    'details',
    {},
    h('summary', { 'data-lm-suppress-shortcuts': 'true' }, 'All scores'),
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'What each term adds' },
      table
    )
  );
}

/** What each column adds: in the student, and by the methods that were asked for in both. */
export function reasons(told: Reasons): HTMLElement {
  const { title, words, how, teacher, lines } = told;
  const whose = teacher ? ['teacher', 'student'] : ['student'];
  const table = twins({
    lines: lines.map((line) => ({
      name: line.name,
      values: teacher ? [line.teacher ?? 0, line.student] : [line.student]
    })),
    caption: `${title}: ${words}`,
    head: 'because',
    whose,
    write: signed
  });
  const none = h('p', { class: 'dim' }, 'No column adds anything.');
  return h(
    'section',
    { class: 'card' },
    h('h3', {}, title),
    h('p', { class: 'dim' }, `${words}.`),
    ...(teacher ? [twinLegend({ teacher: '', student: '' })] : []),
    lines.length ? table : none,
    ...how.map((text) => h('p', { class: 'dim small' }, text))
  );
}
