import { h, KEYS, listen } from '../../shared/dom';
import { inWords, type Measure, type Rungs } from './rungs';

/** Above the plot: what is measured, whether more of it is better; and all of it in words. */
export function makeHead(choose: (measure: string) => void, signal: AbortSignal) {
  const select = h('select', { ...KEYS });
  const better = h('span', { class: 'dim' });
  const words = h('p', { class: 'aloud', id: 'words' });
  const element = h('div', { class: 'head' }, h('label', {}, 'Measure ', select), better);
  listen(select, signal, { change: () => choose(select.value) });
  let known: Rungs | null = null;
  const draw = (rungs: Rungs, measure: Measure) => {
    if (rungs !== known) {
      const option = ({ name, title }: Measure) => h('option', { value: name }, title);
      select.replaceChildren(...rungs.measures.map(option));
      known = rungs;
    }
    better.textContent = measure.more ? 'more is better' : 'less is better';
    words.textContent = inWords(rungs, measure);
    select.value = measure.name;
  };
  return { element, words, draw };
}
