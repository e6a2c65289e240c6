import { attr } from '../../shared/dom';
import type { Layout } from '../../shared/layout';
import { isLeaf, type Tree } from '../../shared/tree';
import { card, handle, type Pen, setBand, setHandle, setHidden } from './card';
import { below } from './hidden';
import { type Colour, shade } from './shade';

export interface Picture {
  tree: Tree;
  folded: ReadonlySet<number>;
  node: number | null;
  /** Nodes on the way to the leaf of the chosen row. */
  lit: ReadonlySet<number>;
  /** The one node that the Tab key reaches. */
  tab: number;
  by: Colour;
  /** Nodes that ask about the column searched for, and the one that was walked to. */
  hits: ReadonlySet<number>;
  now: number | null;
}

/** A picture, where its nodes lie, and the sizes of a card. */
interface Drawing extends Picture {
  place: Layout;
  pen: Pen;
}

/** So many new cards are made in a frame of a moving camera, and so many are kept at most. */
const A_FRAME = 8;
const KEPT = 600;

/** The cards of the nodes in sight; those that left it are kept, for they come back. */
export class Cards {
  #made = new Map<number, { group: SVGGElement; marked: number }>();
  /** Counts the pictures, so that a card knows whether it was marked for this one. */
  #state = 0;

  constructor(readonly parent: SVGGElement) {}

  of(node: number): SVGGElement | undefined {
    return this.#made.get(node)?.group;
  }

  forget(): void {
    this.#made.clear();
    this.parent.replaceChildren();
  }

  /**
   * Whether all that is wanted is there: where only the camera moved, and not more was `renewed`,
   * a few new cards are made at a time.
   */
  draw(wanted: number[], drawing: Drawing, renewed: boolean): boolean {
    if (renewed) this.#state += 1;
    const keep = new Set(wanted);
    for (const [node, { group }] of this.#made) {
      if (keep.has(node)) continue;
      group.remove();
      if (this.#made.size > KEPT) this.#made.delete(node);
    }
    let room = renewed ? Number.POSITIVE_INFINITY : A_FRAME;
    let before: Element | null = null;
    for (const node of wanted) {
      let made = this.#made.get(node);
      if (!made) {
        if (room-- <= 0) continue;
        made = { group: make(node, drawing), marked: -1 };
        this.#made.set(node, made);
      }
      const { group } = made;
      // reading order for assistive tools, moved only where it is wrong: moving drops the focus
      const next: ChildNode | null = before ? before.nextSibling : this.parent.firstChild;
      if (next !== group) this.parent.insertBefore(group, next);
      before = group;
      if (made.marked !== this.#state) mark(node, group, drawing);
      made.marked = this.#state;
    }
    return room >= 0;
  }
}

function make(node: number, { tree, by, pen }: Drawing): SVGGElement {
  const group = card(tree, node, pen, by);
  group.dataset.node = String(node);
  if (!isLeaf(tree, node)) group.append(handle());
  const parent = tree.parent[node];
  attr(group, {
    'aria-level': tree.depth[node] + 1,
    'aria-posinset': parent < 0 || tree.left[parent] === node ? 1 : 2,
    'aria-setsize': parent < 0 ? 1 : 2
  });
  return group;
}

function mark(node: number, group: SVGGElement, drawing: Drawing): void {
  const { tree, folded, node: chosen, lit, tab, by, hits, now, pen } = drawing;
  const { x, y } = drawing.place;
  const inner = !isLeaf(tree, node);
  const shut = folded.has(node);
  attr(group, {
    transform: `translate(${x[node]} ${y[node].toFixed(2)})`,
    tabindex: node === tab ? 0 : -1,
    'aria-selected': String(node === chosen),
    'aria-expanded': inner ? String(!shut) : null
  });
  group.classList.toggle('chosen', node === chosen);
  group.classList.toggle('lit', lit.has(node));
  group.classList.toggle('hit', hits.has(node));
  group.classList.toggle('now', node === now);
  group.classList.toggle('asked', hits.has(tree.parent[node]));
  setBand(group, shade(tree, node, by), inner && shut);
  setHidden(group, tree, node, pen.width, inner && shut);
  if (inner) {
    const hidden = shut ? below(tree).leaves[node] : null;
    setHandle(group.lastElementChild as SVGGElement, pen.width, hidden);
  }
}
