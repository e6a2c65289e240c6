import { h, KEYS, listen, onEntered } from '../../shared/dom';
import type { Traits } from '../../shared/model';
import type { TermsModel } from '../terms';
import type { Terms } from './data';

/** Above the terms: of several scores which, and the row whose sum is told. */
export function makeTools(traits: Traits<TermsModel>, signal: AbortSignal) {
  const field = (text: string, control: HTMLElement) =>
    h('label', {}, h('span', { class: 'dim' }, text), control);
  const of = h('select', { class: 'button', ...KEYS });
  const ofLabel = field('score of', of);
  const row = h('input', { type: 'number', class: 'row', min: 0, step: 1, ...KEYS });
  const rowLabel = field('row', row);
  const element = h('div', { class: 'tools' }, ofLabel, rowLabel);
  const chooseRow = () => {
    const value = row.value.trim();
    traits.set({ row: value === '' ? null : Math.round(Number(value)) });
  };
  listen(of, signal, { change: () => traits.set({ score: Number(of.value) }) });
  onEntered(row, chooseRow, signal);

  const draw = ({ j: scores, scores: names, all }: Terms, j: number) => {
    ofLabel.hidden = scores < 2;
    if (of.childElementCount !== scores) {
      of.replaceChildren(...names.map((name, value) => h('option', { value }, name)));
    }
    of.value = String(j);
    rowLabel.hidden = !traits.get('live') || all === null;
    if (all !== null) row.max = String(all - 1);
    const given = traits.get('row') ?? null;
    if ((row.getRootNode() as ShadowRoot).activeElement !== row) {
      row.value = given === null ? '' : String(given);
    }
    element.hidden = ofLabel.hidden && rowLabel.hidden;
  };
  return { element, draw };
}
