import type { Traits } from '../../shared/model';
import { decodeTree, pathTo, type Tree } from '../../shared/tree';
import type { TreeModel } from '../tree';
import type { Picture } from './cards';
import { openingFold } from './fold';
import { find } from './search';
import { COLOURS, type Colour } from './shade';

/** The tree that is shown and how: its fold, the node that Tab reaches, what a search has found. */
export class State {
  tree: Tree | null = null;
  tab = 0;
  folded: ReadonlySet<number> = new Set();
  hits: number[] = [];
  /** Which of the hits was walked to; -1 for none. */
  at = -1;
  #hitSet: ReadonlySet<number> = new Set();
  /** Whether nobody has answered of the chosen row. */
  silent = () => false;

  constructor(readonly traits: Traits<TreeModel>) {}

  /** The chosen node, or the leaf of the chosen row, if the tree has such a node. */
  chosen(name: 'node' | 'leaf'): number | null {
    // a leaf that was told of another row; a view with rows beside knows better
    const stale = name === 'leaf' && this.silent() && !this.traits.model.get('page');
    return stale ? null : this.#within(this.traits.get(name) ?? null);
  }

  get by(): Colour {
    const by = this.traits.get('colour') as Colour;
    return COLOURS.includes(by) ? by : COLOURS[0];
  }

  /** Takes the tree that the model holds, and folds it as was asked or as it can be read. */
  load(): Tree | null {
    const first = this.tree === null;
    const { traits } = this;
    const tree = decodeTree(traits.get('tree'));
    this.tree = tree;
    if (!tree) return null;
    const told = traits.get('folded') ?? [];
    const given = told.filter((node) => this.#within(node) !== null);
    const asked = given.length > 0 || (traits.get('depth') ?? null) !== null;
    const chosen = first && asked ? given : openingFold(tree);
    this.folded = new Set(chosen);
    if (String(chosen) !== String(told)) traits.set({ folded: chosen });
    this.tab = this.chosen('node') ?? 0;
    this.search();
    return tree;
  }

  search(): void {
    this.hits = this.tree ? find(this.tree, this.traits.get('search') ?? '') : [];
    this.#hitSet = new Set(this.hits);
    this.at = -1;
  }

  visible(node: number): boolean {
    return !!this.tree && this.#hider(node) === undefined;
  }

  /** What is to be drawn now; Tab reaches no node that a fold hides. */
  picture(): Picture {
    const tree = this.tree as Tree;
    this.tab = this.#hider(this.tab) ?? this.tab;
    const { tab, folded, by } = this;
    const leaf = this.chosen('leaf');
    const lit = new Set(leaf === null ? [] : pathTo(tree, leaf));
    const now = this.hits[this.at] ?? null;
    return { tree, folded, node: this.chosen('node'), lit, tab, by, hits: this.#hitSet, now };
  }

  #within(node: number | null): number | null {
    return this.tree && node !== null && node >= 0 && node < this.tree.size ? node : null;
  }

  /** The folded node nearest to the root that hides a node. */
  #hider(node: number): number | undefined {
    const above = pathTo(this.tree as Tree, node).slice(0, -1);
    return above.find((at) => this.folded.has(at));
  }
}
