import { h, KEYS, listen } from '../../shared/dom';
import { isLeaf, type Tree } from '../../shared/tree';

/** The nodes that ask about a column: the one of that name, or all whose name has the text. */
export function find(tree: Tree, text: string): number[] {
  const wanted = text.trim().toLocaleLowerCase();
  if (!wanted) return [];
  const names = tree.columns.map((name) => name.toLocaleLowerCase());
  const exact = names.includes(wanted);
  const hit = names.map((name) => (exact ? name === wanted : name.includes(wanted)));
  const found: number[] = [];
  // in the order of the eye: depth by depth would jump between branches
  const stack = [0];
  while (stack.length) {
    const node = stack.pop() as number;
    if (isLeaf(tree, node)) continue;
    if (hit[tree.feature[node]]) found.push(node);
    stack.push(tree.right[node], tree.left[node]);
  }
  return found;
}

interface Acts {
  /** What is searched for from now on. */
  search: (text: string) => void;
  /** To the next hit, or the one before. */
  walk: (by: 1 | -1) => void;
}

let made = 0;

/** A field with all columns as suggestions; Enter walks from hit to hit. */
export function searchField(acts: Acts, signal: AbortSignal) {
  made += 1;
  const id = `columns-${made}`;
  const list = h('datalist', { id });
  const input = h('input', {
    type: 'search',
    list: id,
    placeholder: 'Find a column',
    'aria-label': 'Find a column in the tree; Enter goes from node to node',
    autocomplete: 'off',
    spellcheck: 'false',
    ...KEYS
  });
  const count = h('output', { class: 'dim', role: 'status' });
  const element = h('div', { class: 'find' }, input, list, count);
  listen(input, signal, { input: () => acts.search(input.value) });
  const key = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === 'Enter') acts.walk(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape' && input.value) {
      input.value = '';
      acts.search('');
    } else return;
    event.preventDefault();
  };
  listen(input, signal, { keydown: key });

  let drawn: Tree | null = null;
  const update = (tree: Tree, text: string, hits: number[], at: number) => {
    if (tree !== drawn) {
      drawn = tree;
      list.replaceChildren(...tree.columns.map((name) => h('option', { value: name })));
    }
    if (input.value !== text) input.value = text;
    const nodes = hits.length === 1 ? '1 node' : `${hits.length || 'no'} nodes`;
    const said = !text.trim() ? '' : at < 0 ? nodes : `${at + 1} of ${hits.length}`;
    if (count.textContent !== said) count.textContent = said;
    element.hidden = !tree.columns.length;
  };
  return { element, update };
}
