import { decode, type Wire } from './wire';

/** The tree as the kernel sends it: one entry a node, parents before children, node 0 the root. */
export interface TreePayload {
  classes: string[];
  /** What teacher and student are called. */
  names: [string, string];
  /** What a reader should know of the figures. */
  notes: string[];
  /** How many rows can be chosen from; null without rows. */
  rows: number | null;
  /** The columns that are asked about, and by each node which: a leaf has their number. */
  columns: string[];
  feature: Wire;
  /** The condition on the edge from the parent, less its column; "" at the root. */
  tails: string[];
  /** Conditions that are cut short in `tails`, by node. */
  full: Record<string, string>;
  left: Wire;
  right: Wire;
  support: Wire;
  /** Null where it is what the student says. */
  teacher: Wire | null;
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
  names: [string, string];
  notes: string[];
  rows: number | null;
  columns: string[];
  /** The column that a node asks about, -1 for a leaf. */
  feature: Int32Array;
  /** The condition on the edge from the parent; "" at the root. */
  labels: string[];
  full: Record<string, string>;
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
  if (!payload?.left || !payload.tails?.length) return null;
  const { classes, names, notes, rows, columns, tails, full, right, support, agreement } =
    payload as TreePayload;
  const size = tails.length;
  const student = decode(payload.student as Wire, 'f4');
  const asked = payload.feature as Wire;
  const feature = Int32Array.from(decode(asked, asked.dtype === 'u1' ? 'u1' : 'i4'), (j) =>
    j < columns.length ? j : -1
  );
  const tree: Tree = {
    size,
    classes,
    names,
    notes,
    rows,
    columns,
    feature,
    labels: tails.slice(),
    full,
    left: decode(payload.left, 'i4'),
    right: decode(right, 'i4'),
    support: decode(support, 'f4'),
    teacher: payload.teacher ? decode(payload.teacher, 'f4') : student,
    student,
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
      tree.labels[child] = (columns[feature[node]] ?? '') + tails[child];
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

/** The whole way to a node, each column once where all that is asked of it are bounds. */
export function conditions(tree: Tree, node: number, inFull = false): string[] {
  const asked = new Map<number, string[]>();
  for (const at of pathTo(tree, node).slice(1)) {
    const column = tree.feature[tree.parent[at]];
    const text = (inFull ? tree.full[at] : undefined) ?? tree.labels[at];
    asked.set(column, [...(asked.get(column) ?? []), text]);
  }
  return [...asked].flatMap(([column, texts]) => narrowed(tree.columns[column] ?? '', texts));
}

const GAP = ' (or missing)';

/** Bounds of one column as one interval: on a way down each later bound is the tighter one. */
function narrowed(name: string, texts: string[]): string[] {
  let [low, high] = ['', ''];
  const gaps = texts.filter((text) => text.endsWith(GAP)).length;
  for (const text of texts) {
    const tail = text.slice(name.length);
    const bound = gaps ? tail.slice(0, -GAP.length) : tail;
    if (gaps % texts.length || !/^ (<=|>) /.test(tail)) return texts;
    if (tail.startsWith(' <= ')) high = bound.slice(4);
    else low = bound.slice(3);
  }
  const end = gaps ? GAP : '';
  if (low && high) return [`${low} < ${name} <= ${high}${end}`];
  return [high ? `${name} <= ${high}${end}` : `${name} > ${low}${end}`];
}

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
