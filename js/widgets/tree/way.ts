import { h } from '../../shared/dom';
import { pathTo, type Tree } from '../../shared/tree';
import { said } from './card';

/** The way of a row as the kernel says it. */
export interface Way {
  row: number;
  /** The node that a condition leads to, what the row has, and how far from the threshold. */
  steps: [number, string, string][];
  /** Place of the step whose margin is the least in standard deviations of its column. */
  narrowest: number | null;
}

/** The conditions that a row has passed, with value and margin of each, the narrowest marked. */
export function wayTable(tree: Tree, way: Partial<Way>, leaf: number): HTMLElement | null {
  const steps = way.steps;
  const path = pathTo(tree, leaf).slice(1);
  // a page without a kernel knows the way of one row only
  if (!steps || String(steps.map(([node]) => node)) !== String(path)) return null;
  const { name, share } = said(tree, leaf);
  const rows = steps.map(([node, value, margin], i) => {
    const narrow = i === way.narrowest;
    const mark = narrow ? [h('strong', { class: 'mark' }, 'narrowest')] : [];
    return h(
      'tr',
      narrow ? { class: 'narrow' } : {},
      h('th', { scope: 'row' }, tree.labels[node]),
      h('td', {}, value),
      h('td', { class: 'margin' }, margin || '–', ...mark)
    );
  });
  const head = ['condition', 'the row has', 'margin'].map((text) =>
    h('th', { scope: 'col' }, text)
  );
  const where = path.length ? `${path.length} conditions to leaf ${leaf}` : 'the only leaf';
  return h(
    'div',
    { class: 'way', role: 'region', tabindex: 0, 'aria-label': `The way of row ${way.row}` },
    h(
      'table',
      {},
      h(
        'caption',
        {},
        h('strong', {}, `Row ${way.row}`),
        `: ${where.replace(/^1 conditions/, '1 condition')}, which says ${`${name} ${share}`.trim()}`
      ),
      h('thead', {}, h('tr', {}, ...head)),
      h('tbody', {}, ...rows)
    )
  );
}
