import { copier } from '../../shared/copy';
import { h } from '../../shared/dom';
import { conditions } from '../../shared/tree';
import { detail } from './detail';
import type { State } from './state';

/** Below the tree: the whole rule and the numbers of the chosen node, to read and to copy. */
export function makeStrip(signal: AbortSignal) {
  const copying = copier(signal);
  const element = h('section', {
    class: 'strip',
    'aria-live': 'polite',
    'aria-label': 'Chosen node'
  });
  const draw = (state: State) => {
    const { tree } = state;
    if (!tree) return;
    const node = state.chosen('node');
    element.classList.toggle('filled', node !== null);
    if (node === null) {
      const hint = h('p', { class: 'dim hint' }, 'Choose a node to read its whole rule.');
      element.replaceChildren(hint);
      return;
    }
    element.replaceChildren(...detail(tree, node, state.folded.has(node)), copying.element);
    copying.offer('Copy rule', conditions(tree, node, true).join(' and ') || 'all rows');
  };
  return { element, draw };
}
