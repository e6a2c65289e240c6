import { h, swatch } from '../../shared/dom';
import { brief, percent, some } from '../../shared/format';
import { along, conditions, isLeaf, type Numbers, type Tree } from '../../shared/tree';
import { fitness, INKS, said, supportShare } from './card';
import { hiddenText } from './hidden';

/** More classes than this are cut to the largest ones. */
const MOST = 8;

/** The whole rule of a node, its numbers and both distributions; for the strip and the card. */
export function detail(tree: Tree, node: number, shut = false): HTMLElement[] {
  const { name, share, ink } = said(tree, node);
  const [measure, value] = fitness(tree, node, 1);
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
    tree.numbers ? means(tree, tree.numbers, node) : distributions(tree, node)
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

const square = (ink: string): HTMLElement =>
  h('i', { class: 'swatch', style: `background:${ink}`, 'aria-hidden': 'true' });

/** What teacher and student say on average, on the range of all means of the tree. */
function means(tree: Tree, numbers: Numbers, node: number): HTMLElement {
  const { low, high } = numbers;
  const row = (who: 'teacher' | 'student', name: string) => {
    const value = tree[who][node];
    const width = along(numbers, value) * 100;
    const track = { class: 'track', 'aria-hidden': 'true' };
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, square(INKS[who]), name),
      h(
        'td',
        {},
        h('span', { class: 'figure' }, brief(value, low, high)),
        h('span', track, h('span', { style: `width:${width}%;background:${INKS[who]}` }))
      )
    );
  };
  const range = `${brief(low, low, high)} to ${brief(high, low, high)}`;
  const head = [h('th', { scope: 'col' }, 'mean'), h('th', { scope: 'col' }, range)];
  return h(
    'table',
    { class: 'mixes' },
    h('thead', {}, h('tr', {}, ...head)),
    h('tbody', {}, row('teacher', tree.names[0]), row('student', tree.names[1]))
  );
}

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
        h('th', { scope: 'col' }, tree.names[0]),
        h('th', { scope: 'col' }, tree.names[1])
      )
    ),
    h('tbody', {}, ...rows)
  );
}
