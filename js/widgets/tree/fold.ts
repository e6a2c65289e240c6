import { layout } from '../../shared/layout';
import { childrenOf, isLeaf, pathTo, type Tree } from '../../shared/tree';
import { CARD, GAP } from './card';
import { ROOM } from './home';

/** So many levels of conditions are about as broad as a cell: what lies beyond is opened last. */
const NEAR = 4;
/** Characters of a condition that surely stand in one line above its card. */
const LINE = 36;

/**
 * Opens the nodes that most rows pass through, near ones first, for as long as all that shows has
 * room; folds the others.
 */
export function openingFold(tree: Tree, room = ROOM): number[] {
  const all = inner(tree);
  const folded = new Set(all);
  let edge = [0].filter((node) => folded.has(node));
  while (edge.length) {
    const node = edge.reduce((a, b) => (rank(tree, b) > rank(tree, a) ? b : a));
    folded.delete(node);
    // the first split is always seen
    if (node > 0 && tallness(tree, folded) > room) {
      folded.add(node);
      break;
    }
    edge = edge.filter((other) => other !== node);
    edge.push(...childrenOf(tree, node).filter((child) => !isLeaf(tree, child)));
  }
  return all.filter((node) => folded.has(node));
}

const rank = (tree: Tree, node: number): number =>
  tree.support[node] + (tree.depth[node] < NEAR ? tree.support[0] : 0);

/** How tall the open part is, near enough: it is asked before there is a page to measure texts. */
function tallness(tree: Tree, folded: ReadonlySet<number>): number {
  const lines = (node: number) => Math.min(2, Math.ceil((tree.labels[node] ?? '').length / LINE));
  return layout(tree, folded, {
    card: 1,
    column: 2,
    up: (node) => CARD.height / 2 + (lines(node) ? 4 + lines(node) * CARD.line : 0),
    down: (node) => CARD.height / 2 + (folded.has(node) ? CARD.more : 0),
    gap: GAP
  }).height;
}

/** Everything below `depth` levels of conditions is hidden. */
export const foldToDepth = (tree: Tree, depth: number): number[] =>
  inner(tree).filter((node) => tree.depth[node] >= depth);

/** The fold without the nodes that hide `node`. */
export function reveal(tree: Tree, folded: number[], node: number): number[] {
  const path = new Set(pathTo(tree, node).slice(0, -1));
  return folded.filter((at) => !path.has(at));
}

export function toggle(folded: number[], node: number): number[] {
  return folded.includes(node)
    ? folded.filter((at) => at !== node)
    : [...folded, node].sort((a, b) => a - b);
}

/** The depth that the fold looks like: the deepest level for an open tree, null when mixed. */
export function depthOf(tree: Tree, folded: ReadonlySet<number>): number | null {
  const hidden = new Uint8Array(tree.size);
  const seen = inner(tree).filter((node) => {
    const up = tree.parent[node];
    if (up >= 0 && (hidden[up] || folded.has(up))) hidden[node] = 1;
    return !hidden[node];
  });
  const first = seen.filter((node) => folded.has(node)).map((node) => tree.depth[node]);
  if (!first.length) return deepest(tree);
  const depth = Math.min(...first);
  return seen.every((node) => tree.depth[node] >= depth === folded.has(node)) ? depth : null;
}

export const deepest = (tree: Tree): number => tree.depth.reduce((a, b) => Math.max(a, b), 0);

function inner(tree: Tree): number[] {
  const nodes: number[] = [];
  for (let node = 0; node < tree.size; node++) if (!isLeaf(tree, node)) nodes.push(node);
  return nodes;
}
