import { h, KEYS, listen } from '../../shared/dom';
import type { Traits } from '../../shared/model';
import { debounce } from '../../shared/schedule';
import type { DisagreementModel } from '../disagreement';
import type { Asking } from './asking';
import { Chips } from './chips';
import type { Choice } from './choice';
import { TYPING } from './head';
import { narrowed } from './narrowed';
import { RegionList } from './regions';
import { countLine, PairChoice, scopeToggle } from './toolbar';
import type { Column, Regions, Source } from './types';

/** Above the rows: regions, how many rows there are, which of them show, and what narrows them. */
export function makeAbove(
  traits: Traits<DisagreementModel>,
  columns: Column[],
  numbers: boolean,
  asking: Asking,
  choice: Choice,
  signal: AbortSignal
) {
  const { question } = asking;
  const seek = () => traits.set({ seek: true });
  const regions = new RegionList({ seek, choose: (region) => traits.set({ region }) }, signal);
  const line = h('p', { class: 'count', 'aria-live': 'polite' });
  const search = h('input', {
    type: 'search',
    class: 'field search',
    placeholder: 'Search',
    'aria-label': 'Search all columns',
    spellcheck: 'false',
    ...KEYS
  });
  let sought = question.text;
  search.value = sought;
  const type = debounce(signal, TYPING, () => asking.ask({ text: search.value }));
  listen(search, signal, { input: type });
  const words = numbers ? 'Largest difference first' : 'Disagreements';
  const scopes = scopeToggle(question.scope, words, (scope) => asking.ask({ scope }), signal);
  const pairs = new PairChoice((pair) => asking.keep(pair), signal);
  const chips = new Chips(signal, () => {
    traits.set({ node: null, region: null });
    search.value = '';
    asking.ask({ filters: [], text: '' });
    if (choice.rows.length > 1) choice.clear();
  });
  const bar = h('div', { class: 'toolbar' }, line, scopes.element, pairs.element, search);

  const showChips = () => chips.show(narrowed(traits, columns, asking, choice));
  const region = () => traits.get('region') ?? null;
  const showRegions = () => {
    const now = traits.get('regions');
    const known = now && 'sought' in now ? (now as Regions) : undefined;
    regions.show(known, region());
    showChips();
    // asked for once the rows are on the screen
    if (traits.get('live') && known && !known.sought && known.unasked) {
      debounce(signal, 250, seek)();
    }
  };
  const showPairs = () => pairs.show(traits.get('pairs') ?? [], asking.pair);
  traits.on(['region'], () => regions.choose(region()));
  traits.on(['regions'], showRegions);
  traits.on(['pairs'], showPairs);
  showPairs();

  return {
    elements: [regions.element, bar, chips.element],
    scopes: scopes.element,
    showChips,
    showRegions,
    /** What is asked now. */
    mark(): void {
      // taken away as a chip; what somebody is typing was not asked yet
      if (sought && !question.text) search.value = '';
      sought = question.text;
      pairs.choose(asking.pair);
      scopes.choose(question.scope);
      showChips();
    },
    tell(source: Source): void {
      const summary = traits.model.get('summary') as { rows?: number } | undefined;
      line.textContent = countLine(source, question, summary?.rows ?? null, numbers);
    }
  };
}
