import type { TreePayload } from '../../shared/tree';
import { decode, type Wire } from '../../shared/wire';

/** Trees one after another: their nodes in a row, the words of their conditions written once. */
export interface TreesPayload {
  classes: string[];
  words: string[];
  /** First node of each tree, and the end of the last. */
  starts: Wire;
  labels: Wire;
  left: Wire;
  right: Wire;
  support: Wire;
  teacher: Wire;
  student: Wire;
  agreement: Wire;
  error?: Wire;
  ranges?: [number, number][];
}

type Column = Float32Array | Float64Array | Int32Array;

const read = new WeakMap<Wire, Column>();

function column(wire: Wire): Column {
  let found = read.get(wire);
  if (!found) {
    found = decode(wire, wire.dtype as 'f4' | 'f8' | 'i4');
    read.set(wire, found);
  }
  return found;
}

/** One of the trees, as the kernel would have sent it alone. */
export function readTrees(trees: TreesPayload, at: number): TreePayload {
  const starts = column(trees.starts);
  const [start, stop] = [starts[at], starts[at + 1]];
  const k = Math.max(trees.classes.length, 1);
  const part = (wire: Wire, width = 1, single = false): Wire => {
    const cut = column(wire).slice(start * width, stop * width);
    const data = single ? Float32Array.from(cut) : cut;
    const shape = width > 1 || wire.shape.length > 1 ? [stop - start, width] : [stop - start];
    return { dtype: single ? 'f4' : wire.dtype, shape, data };
  };
  const labels = column(trees.labels).slice(start, stop);
  return {
    classes: trees.classes,
    labels: Array.from(labels, (label) => trees.words[label]),
    left: part(trees.left),
    right: part(trees.right),
    support: part(trees.support),
    teacher: part(trees.teacher, k),
    student: part(trees.student, k, true),
    agreement: part(trees.agreement),
    ...(trees.error && trees.ranges ? { error: part(trees.error), range: trees.ranges[at] } : {})
  };
}

/** What a tree says at each node, one line a node: shares, or of a regression its number. */
export function saysOf(trees: TreesPayload, at: number): Column {
  const starts = column(trees.starts);
  const k = Math.max(trees.classes.length, 1);
  return column(trees.student).subarray(starts[at] * k, starts[at + 1] * k);
}
