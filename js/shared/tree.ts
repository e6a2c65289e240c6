import { decode, type Wire } from './wire';

/** The tree as the kernel sends it: one entry a node, parents before children, node 0 the root. */
export interface TreePayload {
  classes: string[];
  /** The condition on the edge from the parent; "" at the root. */
  labels: string[];
  left: Wire;
  right: Wire;
  support: Wire;
  teacher: Wire;
  student: Wire;
  agreement: Wire;
  /** Of a regression, whose mixes are one mean a node: least and greatest of all means. */
  range?: [number, number];
  /** Of a regression: root mean squared difference between teacher and student. */
  error?: Wire;
}

export interface Tree {
  size: number;
  classes: string[];
  labels: string[];
  left: Int32Array;
  right: Int32Array;
  parent: Int32Array;
  depth: Int32Array;
  support: Float32Array;
  teacher: Float32Array;
  student: Float32Array;
  agreement: Float32Array;
  /** Null for classes. */
  numbers: Numbers | null;
}

/** What a regression has in place of classes. */
export interface Numbers {
  low: number;
  high: number;
  error: Float32Array;
}

/** Null when there is no tree yet. */
export function decodeTree(payload: Partial<TreePayload> | null | undefined): Tree | null {
  if (!payload?.left || !payload.labels?.length) return null;
  const { classes, labels, right, support, teacher, student, agreement } = payload as TreePayload;
  const size = labels.length;
  const tree: Tree = {
    size,
    classes,
    labels,
    left: decode(payload.left, 'i4'),
    right: decode(right, 'i4'),
    support: decode(support, 'f4'),
    teacher: decode(teacher, 'f4'),
    student: decode(student, 'f4'),
    agreement: decode(agreement, 'f4'),
    numbers: numbersOf(payload),
    parent: new Int32Array(size).fill(-1),
    depth: new Int32Array(size)
  };
  for (let node = 0; node < size; node++) {
    for (const child of childrenOf(tree, node)) {
      if (child <= node || child >= size) {
        throw new Error(`expected the children of node ${node} after it, got node ${child}`);
      }
      tree.parent[child] = node;
      tree.depth[child] = tree.depth[node] + 1;
    }
  }
  return tree;
}

function numbersOf({ range, error }: Partial<TreePayload>): Numbers | null {
  if (!range || !error) return null;
  return { low: range[0], high: range[1], error: decode(error, 'f4') };
}

/** Where a mean lies on the range of all means, from 0 to 1. */
export function along({ low, high }: Numbers, value: number): number {
  return Number.isFinite(value) ? Math.max(0, Math.min(1, (value - low) / (high - low))) : 0;
}

export const isLeaf = (tree: Tree, node: number): boolean => tree.left[node] < 0;

export const childrenOf = (tree: Pick<Tree, 'left' | 'right'>, node: number): number[] =>
  tree.left[node] < 0 ? [] : [tree.left[node], tree.right[node]];

/** From the root to the node, both included. */
export function pathTo(tree: Tree, node: number): number[] {
  const path: number[] = [];
  for (let at = node; at >= 0 && at < tree.size; at = tree.parent[at]) path.unshift(at);
  return path;
}

export const conditions = (tree: Tree, node: number): string[] =>
  pathTo(tree, node)
    .slice(1)
    .map((at) => tree.labels[at]);

/** Whether `node` is `ancestor` or lies below it. */
export function isUnder(tree: Tree, node: number, ancestor: number): boolean {
  let at = node;
  while (at > ancestor) at = tree.parent[at];
  return at === ancestor;
}

/** How many leaves lie below each node (a leaf counts itself). */
export function leafCounts(tree: Tree): Int32Array {
  const counts = new Int32Array(tree.size);
  for (let node = tree.size - 1; node >= 0; node--) {
    if (isLeaf(tree, node)) counts[node] = 1;
    if (node > 0) counts[tree.parent[node]] += counts[node];
  }
  return counts;
}

/** The class with the largest share of a node, and that share. */
export function answer(tree: Tree, mix: Float32Array, node: number): [number, number] {
  const k = tree.classes.length;
  let best = 0;
  for (let j = 1; j < k; j++) if (mix[node * k + j] > mix[node * k + best]) best = j;
  return [best, mix[node * k + best]];
}
