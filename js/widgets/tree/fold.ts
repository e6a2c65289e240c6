import { childrenOf, isLeaf, pathTo, type Tree } from '../../shared/tree';

/** More cards than this at first sight is a wall, not a tree. */
const MOST = 40;

/** Opens the nodes that most rows pass through until the picture is full; folds the others. */
export function openingFold(tree: Tree, most = MOST): number[] {
  if (tree.size <= most) return [];
  const opened = new Set<number>();
  const edge = [0];
  for (let shown = 1; edge.length && shown + 2 <= most; shown += 2) {
    let best = 0;
    for (let i = 1; i < edge.length; i++) {
      if (tree.support[edge[i]] > tree.support[edge[best]]) best = i;
    }
    const [node] = edge.splice(best, 1);
    opened.add(node);
    edge.push(...childrenOf(tree, node).filter((child) => !isLeaf(tree, child)));
  }
  return inner(tree).filter((node) => !opened.has(node));
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
