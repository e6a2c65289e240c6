import { h, swatch } from '../../shared/dom';
import { percent, some } from '../../shared/format';
import { mixes } from '../../shared/mixes';
import { BOTH, fitness } from './line';
import { answer, type Decided, named, type Rules, sentence, written } from './list';

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
  return rules.numbers ? [facts] : [facts, mixes(rules, place, BOTH)];
}
