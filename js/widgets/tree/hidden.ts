import { brief, count, percent } from '../../shared/format';
import { answer, isLeaf, leafCounts, type Tree } from '../../shared/tree';

/** What lies below every node, in case it is folded. */
interface Below {
  leaves: Int32Array;
  /** Rows by the class that their leaf names, K a node; of a regression least and greatest. */
  named: Float32Array;
}

const known = new WeakMap<Tree, Below>();

export function below(tree: Tree): Below {
  const before = known.get(tree);
  if (before) return before;
  const k = tree.numbers ? 2 : tree.classes.length;
  const named = new Float32Array(tree.size * k);
  if (tree.numbers) for (let i = 0; i < named.length; i++) named[i] = i % 2 ? -Infinity : Infinity;
  for (let node = tree.size - 1; node >= 0; node--) {
    if (isLeaf(tree, node)) {
      if (tree.numbers) named.fill(tree.student[node], node * 2, node * 2 + 2);
      else named[node * k + answer(tree, tree.student, node)[0]] = tree.support[node];
    }
    const up = tree.parent[node] * k;
    if (up < 0) continue;
    for (let j = 0; j < k; j++) {
      const value = named[node * k + j];
      if (!tree.numbers) named[up + j] += value;
      else named[up + j] = j ? Math.max(named[up + 1], value) : Math.min(named[up], value);
    }
  }
  const made = { leaves: leafCounts(tree), named };
  known.set(tree, made);
  return made;
}

/** "12 leaves: no for 61.0 % of the rows, yes for 39.0 %", or the range of their numbers. */
export function hiddenText(tree: Tree, node: number): string {
  const { leaves, named } = below(tree);
  const many = `${count(leaves[node])} leaves`;
  if (tree.numbers) {
    const { low, high } = tree.numbers;
    const [from, to] = [named[node * 2], named[node * 2 + 1]];
    return `${many}: ${brief(from, low, high)} to ${brief(to, low, high)}`;
  }
  const k = tree.classes.length;
  const shares = tree.classes
    .map((name, j) => [name, named[node * k + j] / tree.support[node]] as const)
    .filter(([, share]) => share > 0)
    .sort((a, b) => b[1] - a[1]);
  const said = shares.slice(0, 3).map(([name, share]) => `${name} for ${percent(share)}`);
  const more = shares.length > 3 ? ` and ${shares.length - 3} more classes` : '';
  return said.length ? `${many}: ${said.join(', ')}${more} of the rows` : many;
}
