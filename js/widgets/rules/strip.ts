import { copier } from '../../shared/copy';
import { h } from '../../shared/dom';
import type { Choice } from './choice';
import { detail } from './detail';
import { type Rules, sentence, whole } from './list';

/** Below the rules: the chosen one in full, and what there is to copy. */
export function makeStrip(rules: Rules, choice: Choice, signal: AbortSignal) {
  const about = h('section', {
    class: 'strip',
    'aria-live': 'polite',
    'aria-label': 'Chosen rule'
  });
  const copying = copier(signal);
  const draw = () => {
    const { rule } = choice;
    about.classList.toggle('filled', rule !== null);
    if (rule === null) {
      const hint = 'Choose a rule to see its numbers and its rows.';
      about.replaceChildren(h('p', { class: 'dim hint' }, hint));
      copying.offer('Copy all rules', whole(rules));
      return;
    }
    about.replaceChildren(...detail(rules, rule, choice.decided));
    copying.offer(`Copy rule ${rule + 1}`, sentence(rules, rule));
  };
  return { element: h('div', { class: 'foot' }, about, copying.element), draw };
}
