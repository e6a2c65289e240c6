/** Where the cards of a left-to-right tree lie. */
export interface Layout {
  /** The nodes that show, top to bottom as a reader (and the arrow keys) meets them. */
  order: number[];
  /** Left edge and middle of each card; NaN for a node that does not show. */
  x: Float64Array;
  y: Float64Array;
  width: number;
  height: number;
}

interface Sizes {
  /** Width of a card and the distance from one column to the next. */
  card: number;
  column: number;
  /** Room that a card takes above and below its middle. */
  up: (node: number) => number;
  down: (node: number) => number;
  gap: number;
}

interface Links {
  left: ArrayLike<number>;
  right: ArrayLike<number>;
}

/**
 * A tidy tree: subtrees are pushed together until the outlines of their columns meet, and a parent
 * stands in the middle of its children. Needs parents before children in the numbering.
 */
export function layout(links: Links, folded: ReadonlySet<number>, sizes: Sizes): Layout {
  const size = links.left.length;
  const x = new Float64Array(size).fill(Number.NaN);
  const y = new Float64Array(size).fill(Number.NaN);
  const open = (node: number) => links.left[node] >= 0 && !folded.has(node);

  const order: number[] = [];
  const stack = size > 0 ? [0] : [];
  x[0] = 0;
  while (stack.length) {
    const node = stack.pop() as number;
    order.push(node);
    if (!open(node)) continue;
    for (const child of [links.right[node], links.left[node]]) {
      x[child] = x[node] + sizes.column;
      stack.push(child);
    }
  }

  // From the leaves up: each subtree's outline, a top and a bottom for every column below it,
  // measured from its own card's middle, nearest column last.
  const tops = new Map<number, number[]>();
  const bottoms = new Map<number, number[]>();
  const offset = new Float64Array(size);
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i];
    let top: number[] = [];
    let bottom: number[] = [];
    if (open(node)) {
      const [upper, lower] = [links.left[node], links.right[node]];
      const merged = merge(
        [tops.get(upper) as number[], bottoms.get(upper) as number[]],
        [tops.get(lower) as number[], bottoms.get(lower) as number[]],
        sizes.gap
      );
      [top, bottom] = [merged.top, merged.bottom];
      offset[upper] = -merged.half;
      offset[lower] = merged.half;
      for (const done of [upper, lower]) {
        tops.delete(done);
        bottoms.delete(done);
      }
    }
    top.push(-sizes.up(node));
    bottom.push(sizes.down(node));
    tops.set(node, top);
    bottoms.set(node, bottom);
  }

  if (size > 0) y[0] = -Math.min(...(tops.get(0) as number[]));
  let right = 0;
  for (const node of order) {
    right = Math.max(right, x[node] + sizes.card);
    if (!open(node)) continue;
    for (const child of [links.left[node], links.right[node]]) y[child] = y[node] + offset[child];
  }
  const height = size > 0 ? y[0] + Math.max(...(bottoms.get(0) as number[])) : 0;
  return { order, x, y, width: right, height };
}

/** Two outlines side by side, measured from the middle between their cards. */
function merge(upper: [number[], number[]], lower: [number[], number[]], gap: number) {
  const shared = Math.min(upper[0].length, lower[0].length);
  let apart = 0;
  for (let d = 1; d <= shared; d++) {
    const need = (upper[1].at(-d) as number) - (lower[0].at(-d) as number) + gap;
    apart = Math.max(apart, need);
  }
  const half = apart / 2;
  const depth = Math.max(upper[0].length, lower[0].length);
  const top = new Array<number>(depth);
  const bottom = new Array<number>(depth);
  for (let d = 1; d <= depth; d++) {
    const [a, b] = [upper[0].at(-d), lower[0].at(-d)];
    const [c, e] = [upper[1].at(-d), lower[1].at(-d)];
    top[depth - d] = Math.min(
      a === undefined ? Number.POSITIVE_INFINITY : a - half,
      b === undefined ? Number.POSITIVE_INFINITY : b + half
    );
    bottom[depth - d] = Math.max(
      c === undefined ? Number.NEGATIVE_INFINITY : c - half,
      e === undefined ? Number.NEGATIVE_INFINITY : e + half
    );
  }
  return { top, bottom, half };
}
