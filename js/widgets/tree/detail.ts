import { h, square } from '../../shared/dom';
import { brief, percent, some } from '../../shared/format';
import { bar, mixes, mixTable } from '../../shared/mixes';
import { along, conditions, isLeaf, type Numbers, type Tree } from '../../shared/tree';
import { fitness, INKS, said, supportShare } from './card';
import { hiddenText } from './hidden';

/** The whole rule of a node, its numbers and both distributions; for the strip and the card. */
export function detail(tree: Tree, node: number, shut = false): HTMLElement[] {
  const { name, share, ink } = said(tree, node);
  const [measure, value] = fitness(tree, node);
  return [
    h(
      'div',
      { class: 'facts' },
      h('p', { class: 'rule' }, ...rule(tree, node)),
      h(
        'dl',
        {},
        ...fact(`the ${tree.names[1]} says`, [square(ink), share ? `${name}, ${share}` : name]),
        ...fact('support', [
          `${some(tree.support[node], 'rows')}, ${percent(supportShare(tree, node))}`
        ]),
        ...fact(measure, [value]),
        ...(shut ? fact('folded', [hiddenText(tree, node)]) : [])
      )
    ),
    tree.numbers ? means(tree, tree.numbers, node) : mixes(tree, node, tree.names)
  ];
}

function rule(tree: Tree, node: number): (Node | string)[] {
  const all = conditions(tree, node);
  const kind = isLeaf(tree, node) ? 'Leaf' : 'Node';
  const parts: (Node | string)[] = [h('span', { class: 'dim' }, `${kind} ${node}: `)];
  if (!all.length) return [...parts, 'all rows'];
  all.forEach((condition, i) => {
    if (i > 0) parts.push(h('span', { class: 'dim' }, ' and '));
    parts.push(condition);
  });
  return parts;
}

const fact = (name: string, value: (Node | string)[]): HTMLElement[] => [
  h('dt', {}, name),
  h('dd', {}, ...value)
];

/** What teacher and student say on average, on the range of all means of the tree. */
function means(tree: Tree, numbers: Numbers, node: number): HTMLElement {
  const { low, high } = numbers;
  const row = (who: 'teacher' | 'student', name: string) => {
    const value = tree[who][node];
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, square(INKS[who]), name),
      bar(brief(value, low, high), along(numbers, value), INKS[who])
    );
  };
  const range = `${brief(low, low, high)} to ${brief(high, low, high)}`;
  return mixTable(['mean', range], [row('teacher', tree.names[0]), row('student', tree.names[1])]);
}
