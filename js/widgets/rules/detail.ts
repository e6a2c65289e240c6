import { colour, h, swatch } from '../../shared/dom';
import { percent, some } from '../../shared/format';
import { BOTH, fitness } from './line';
import { answer, type Decided, named, type Rules, sentence, written } from './list';

/** More classes than this are cut to the largest ones. */
const MOST = 8;

/** The chosen rule in full, its numbers and both distributions. */
export function detail(rules: Rules, place: number, row: Decided | null): HTMLElement[] {
  const best = named(rules, place);
  const share = rules.total > 0 ? rules.support[place] / rules.total : Number.NaN;
  const fact = (name: string, ...value: (Node | string)[]) => [
    h('dt', {}, name),
    h('dd', {}, ...value)
  ];
  const said = [...(best < 0 ? [] : [swatch(best), ' ']), answer(rules, place)];
  const parts = fitness(rules, place).flatMap((part, i) => (i ? [', ', part] : [part]));
  for (const part of parts) {
    if (part instanceof HTMLElement) part.querySelector('.unit')?.remove();
  }
  const facts = h(
    'div',
    { class: 'facts' },
    h(
      'p',
      { class: 'rule' },
      h('span', { class: 'dim' }, `Rule ${place + 1}: `),
      sentence(rules, place)
    ),
    ...(row?.rule === place ? [h('p', {}, `It decides row ${row.row}.`)] : []),
    h(
      'dl',
      {},
      ...fact('the student says', ...said),
      ...(rules.numbers ? fact('teacher, mean', written(rules, rules.teacher[place])) : []),
      ...fact('support', `${some(rules.support[place], 'rows')}, ${percent(share)}`),
      ...fact(rules.numbers ? 'error (RMS)' : 'agreement', ...parts)
    )
  );
  return rules.numbers ? [facts] : [facts, mixes(rules, place)];
}

function mixes(rules: Rules, place: number): HTMLElement {
  const k = rules.classes.length;
  const at = place * k;
  let shown = rules.classes.map((_, j) => j);
  if (k > MOST) {
    const weight = (j: number) => rules.teacher[at + j] + rules.student[at + j];
    shown = shown.sort((a, b) => weight(b) - weight(a)).slice(0, MOST);
  }
  const cell = (share: number, j: number) => {
    const fill = h('span', { style: `width:${(share || 0) * 100}%;background:${colour(j)}` });
    return h(
      'td',
      {},
      h('span', { class: 'figure' }, percent(share, 1)),
      h('span', { class: 'track', 'aria-hidden': 'true' }, fill)
    );
  };
  const lines = shown.map((j) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row', title: rules.classes[j] }, swatch(j), rules.classes[j]),
      ...BOTH.map((who) => cell(rules[who][at + j], j))
    )
  );
  if (shown.length < k) {
    lines.push(h('tr', {}, h('td', { class: 'dim', colspan: 3 }, `and ${k - shown.length} more`)));
  }
  const heads = ['class', ...BOTH].map((name) => h('th', { scope: 'col' }, name));
  return h(
    'table',
    { class: 'mixes' },
    h('thead', {}, h('tr', {}, ...heads)),
    h('tbody', {}, ...lines)
  );
}
