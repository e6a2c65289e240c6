import { some } from '../../shared/format';
import type { Traits } from '../../shared/model';
import type { DisagreementModel } from '../disagreement';
import type { Asking } from './asking';
import type { Chip } from './chips';
import type { Choice } from './choice';
import type { Column } from './types';
import { narrowings } from './words';

/** All that narrows the rows, in words: region, node, filters, and how many were chosen. */
export function narrowed(
  traits: Traits<DisagreementModel>,
  columns: Column[],
  asking: Asking,
  choice: Choice
): Chip[] {
  const made: Chip[] = [];
  const add = (text: string, remedy: string, remove: () => void) =>
    made.push({ text, remedy, remove });
  const region = traits.get('region') ?? null;
  if (region !== null) {
    const rule = traits.get('regions')?.found?.[region]?.rule ?? `region ${region}`;
    add(`where ${rule}`, 'Show the rows of all regions', () => traits.set({ region: null }));
  }
  const node = traits.get('node') ?? null;
  if (node !== null) {
    const leaf = columns.find(({ kind }) => kind === 'leaf')?.title;
    const text = `in ${leaf === 'rule' ? 'rule' : 'node'} ${node}`;
    add(text, `Show the rows of all ${leaf ?? 'node'}s`, () => traits.set({ node: null }));
  }
  for (const { text, without } of narrowings(columns, asking.question)) {
    add(text, 'Remove this filter', () => asking.ask(without));
  }
  const chosen = choice.rows.length;
  if (chosen > 1) {
    add(`${some(chosen, 'rows')} chosen`, 'Let go of them', () => choice.clear());
  }
  return made;
}
