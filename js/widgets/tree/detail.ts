import { h, swatch } from '../../shared/dom';
import { percent, some } from '../../shared/format';
import { answer, conditions, isLeaf, type Tree } from '../../shared/tree';
import { supportShare } from './card';

/** More classes than this are cut to the largest ones. */
const MOST = 8;

/** The whole rule of a node, its numbers and both distributions; for the strip and the card. */
export function detail(tree: Tree, node: number): HTMLElement[] {
  const [best, share] = answer(tree, tree.student, node);
  return [
    h(
      'div',
      { class: 'facts' },
      h('p', { class: 'rule' }, ...rule(tree, node)),
      h(
        'dl',
        {},
        ...fact('the student says', [swatch(best), `${tree.classes[best]}, ${percent(share)}`]),
        ...fact('support', [
          `${some(tree.support[node], 'rows')}, ${percent(supportShare(tree, node))}`
        ]),
        ...fact('agreement', [percent(tree.agreement[node], 1)])
      )
    ),
    distributions(tree, node)
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

function distributions(tree: Tree, node: number): HTMLElement {
  const k = tree.classes.length;
  const at = node * k;
  let shown = tree.classes.map((_, j) => j);
  if (k > MOST) {
    const weight = (j: number) => tree.teacher[at + j] + tree.student[at + j];
    shown = shown.sort((a, b) => weight(b) - weight(a)).slice(0, MOST);
  }
  const cell = (share: number, j: number) =>
    h(
      'td',
      {},
      h('span', { class: 'figure' }, percent(share, 1)),
      h(
        'span',
        { class: 'track', 'aria-hidden': 'true' },
        h('span', { style: `width:${share * 100}%;background:var(--jd-class-${j % 8})` })
      )
    );
  const rows = shown.map((j) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row', title: tree.classes[j] }, swatch(j), tree.classes[j]),
      cell(tree.teacher[at + j], j),
      cell(tree.student[at + j], j)
    )
  );
  if (shown.length < k) {
    rows.push(h('tr', {}, h('td', { class: 'dim', colspan: 3 }, `and ${k - shown.length} more`)));
  }
  return h(
    'table',
    { class: 'mixes' },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, 'class'),
        h('th', { scope: 'col' }, 'teacher'),
        h('th', { scope: 'col' }, 'student')
      )
    ),
    h('tbody', {}, ...rows)
  );
}
