import { attr, h, KEYS, s } from '../../shared/dom';
import { type Layout, layout } from '../../shared/layout';
import { frame } from '../../shared/schedule';
import { isLeaf, type Tree } from '../../shared/tree';
import { Camera, LEAST } from './camera';
import {
  CARD,
  card,
  handle,
  labelLines,
  type Pen,
  pen,
  setBand,
  setHandle,
  setHidden,
  supportShare
} from './card';
import { drawFar, edge, nodeAt } from './far';
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

/** Below this zoom the texts are too small to read. */
const FAR = 0.42;
/** Up to so many cards all are drawn; above, only those in sight. */
const MANY = 150;
/** Up to so many are drawn as cards however small. */
const FEW = 24;
const LEAST_HEIGHT = 176;
const MOST_HEIGHT = 640;
const NARROW_HEIGHT = 480;
const EDGE_OF_STAGE = 16;

/** The SVG of the tree: lays it out, draws what is in sight, and moves the camera. */
export class Stage {
  readonly element = h('div', { class: 'stage' });
  readonly camera: Camera;
  #svg = s('svg', { role: 'tree', 'aria-label': 'The student as a tree', ...KEYS });
  #edges = s('g', { class: 'edges', 'aria-hidden': 'true' });
  #far = s('g', { role: 'none' });
  #nodes = s('g', { role: 'none' });
  #world = s('g', { role: 'none' }, this.#edges, this.#far, this.#nodes);
  #cards = new Map<number, SVGGElement>();
  #lines = new Map<number, SVGPathElement>();
  #picture: Picture | null = null;
  #place: Layout | null = null;
  #rises: number[] = [];
  #pen: Pen | null = null;
  #farStale = true;
  /** Whether more than the camera has changed since the last frame. */
  #changed = true;
  #wasFar = false;

  constructor(signal: AbortSignal) {
    this.#svg.append(this.#world);
    this.element.append(this.#svg);
    this.camera = new Camera(
      this.element,
      signal,
      frame(signal, () => this.#draw())
    );
  }

  get svg(): SVGSVGElement {
    return this.#svg;
  }

  get order(): number[] {
    return this.#place?.order ?? [];
  }

  /** A new tree (or a new width of the cell): everything drawn so far is void. */
  load(picture: Picture): void {
    this.#forget();
    this.#rises = [];
    this.#place = null;
    const narrow = this.element.clientWidth > 0 && this.element.clientWidth < 640;
    this.#pen = pen(this.element, narrow ? 208 : 232);
    this.show(picture);
    this.home();
  }

  #forget(): void {
    this.#cards.clear();
    this.#nodes.replaceChildren();
  }

  /** Draws a new state; the card `still` keeps its place on the screen. */
  show(picture: Picture, still?: number): void {
    const kept = still === undefined ? null : this.#place;
    const relaid = !this.#place || picture.folded !== this.#picture?.folded;
    const renewed = picture.tree !== this.#picture?.tree;
    const before = this.#picture;
    if (picture.by !== before?.by || picture.hits !== before?.hits) this.#farStale = true;
    // what a card says beside its answer depends on the colour
    if (before && picture.by !== before.by) this.#forget();
    this.#changed = true;
    this.#picture = picture;
    if (relaid || renewed) {
      this.#lay();
      if (kept && still !== undefined && this.#place) {
        this.camera.y += (kept.y[still] - this.#place.y[still]) * this.camera.k;
      }
    }
    this.#draw();
  }

  /** As large as can be read, the root at the left: the whole tree when it fits. */
  home(): void {
    const place = this.#place;
    if (!place) return;
    const width = this.element.clientWidth - 2 * EDGE_OF_STAGE;
    const tall = width < 600 ? NARROW_HEIGHT : MOST_HEIGHT;
    const fits = Math.min(width / place.width, (tall - 2 * EDGE_OF_STAGE) / place.height);
    const k = Math.min(1, Math.max(0.8, fits || 1));
    const need = place.height * k + 2 * EDGE_OF_STAGE;
    const height = Math.round(Math.min(tall, Math.max(LEAST_HEIGHT, need)) / 4) * 4;
    this.element.style.height = `${height}px`;
    const y = need <= height ? (height - place.height * k) / 2 : height / 2 - place.y[0] * k;
    this.camera.moved = false;
    this.camera.place(EDGE_OF_STAGE, y, k);
  }

  /** The whole tree in sight, however small. */
  fit(): void {
    const place = this.#place;
    if (!place) return;
    const { clientWidth: width, clientHeight: height } = this.element;
    const room = 2 * EDGE_OF_STAGE;
    const scale = Math.min((width - room) / place.width, (height - room) / place.height);
    const k = Math.min(1, Math.max(LEAST, scale || 1));
    this.camera.moved = true;
    this.camera.glideTo((width - place.width * k) / 2, (height - place.height * k) / 2, k);
  }

  reach(node: number): void {
    if (!this.#place || !this.#pen || Number.isNaN(this.#place.x[node])) return;
    const up = this.#up(node);
    this.camera.reach({
      x: this.#place.x[node],
      y: this.#place.y[node] - up,
      width: this.#pen.width,
      height: up + this.#down(node)
    });
  }

  /** Where a card lies on the screen, measured from the stage's corner. */
  boxOf(node: number): DOMRect | null {
    if (!this.#place || !this.#pen || Number.isNaN(this.#place.x[node])) return null;
    const { x, y, k } = this.camera;
    return new DOMRect(
      this.#place.x[node] * k + x,
      (this.#place.y[node] - CARD.height / 2) * k + y,
      this.#pen.width * k,
      CARD.height * k
    );
  }

  /** The node under a pointer event, also where only the far picture is drawn. */
  hit(event: MouseEvent): number | null {
    const card = (event.target as Element).closest?.('.node');
    if (card) return Number((card as SVGElement).dataset.node);
    if (!this.#place || !this.#pen || !this.#isFar()) return null;
    const box = this.element.getBoundingClientRect();
    const { x, y, k } = this.camera;
    const across = (event.clientX - box.left - x) / k;
    return nodeAt(this.#place, this.#pen.width, across, (event.clientY - box.top - y) / k);
  }

  focus(node: number): void {
    this.#cards.get(node)?.focus({ preventScroll: true });
  }

  /** Room above a card's middle: half the card and its condition; measuring text is dear. */
  #up = (node: number): number => {
    const known = this.#rises[node];
    if (known !== undefined) return known;
    const { length } = labelLines((this.#picture as Picture).tree, node, this.#pen as Pen);
    const rise = CARD.height / 2 + (length ? 4 + length * CARD.line : 0);
    this.#rises[node] = rise;
    return rise;
  };

  #down = (node: number): number => {
    const { tree, folded } = this.#picture as Picture;
    return CARD.height / 2 + (folded.has(node) && !isLeaf(tree, node) ? CARD.more : 0);
  };

  #lay(): void {
    const { tree, folded } = this.#picture as Picture;
    const { width } = this.#pen as Pen;
    this.#changed = true;
    this.#place = layout(tree, folded, {
      card: width,
      column: width + 48,
      up: this.#up,
      down: this.#down,
      gap: 8
    });
    this.#farStale = true;
    this.camera.content = this.#place;
    this.#lines.clear();
    this.#edges.replaceChildren();
  }

  /** An edge from each open card to its children, as broad as the share of rows that pass. */
  #drawEdges(wanted: number[]): void {
    const { tree, lit } = this.#picture as Picture;
    const { width } = this.#pen as Pen;
    const keep = new Set(wanted);
    for (const [child, line] of this.#lines) {
      if (keep.has(child)) continue;
      line.remove();
      this.#lines.delete(child);
    }
    for (const child of wanted) {
      let line = this.#lines.get(child);
      if (!line) {
        const d = edge(this.#place as Layout, tree.parent[child], child, width);
        const broad = (1 + 9 * supportShare(tree, child)).toFixed(2);
        line = s('path', { d, 'stroke-width': broad, 'data-child': child });
        this.#lines.set(child, line);
        this.#edges.append(line);
      }
      line.classList.toggle('lit', lit.has(child));
    }
  }

  /** The children whose edges show: of many, those that cross the stage. */
  #edgesInSight(far: boolean): number[] {
    const { tree, lit } = this.#picture as Picture;
    const { order, x, y } = this.#place as Layout;
    if (far) return order.filter((at) => at > 0 && lit.has(at));
    if (order.length <= MANY) return order.slice(1);
    const { x: left, y: top, k } = this.camera;
    const { clientWidth, clientHeight } = this.element;
    return order.filter((at) => {
      const up = tree.parent[at];
      if (up < 0) return false;
      const [a, b] = [y[at] * k + top, y[up] * k + top];
      return (
        x[at] * k + left > 0 &&
        x[up] * k + left < clientWidth &&
        Math.max(a, b) > 0 &&
        Math.min(a, b) < clientHeight
      );
    });
  }

  #isFar(): boolean {
    return this.camera.k < FAR && this.order.length > FEW;
  }

  #draw(): void {
    const { camera } = this;
    if (!this.#picture || !this.#place) return;
    const move = `translate(${camera.x.toFixed(2)} ${camera.y.toFixed(2)}) scale(${camera.k.toFixed(4)})`;
    attr(this.#world, { transform: move });
    const far = this.#isFar();
    if (far && this.#farStale) {
      const { width } = this.#pen as Pen;
      const { tree, by, hits } = this.#picture;
      this.#far.replaceChildren(drawFar(tree, this.#place, width, by, hits));
      this.#farStale = false;
    }
    // up to so many cards all are there, and a camera that moves changes none of them
    if (!this.#changed && far === this.#wasFar && this.order.length <= MANY) return;
    this.#wasFar = far;
    this.#far.style.display = far ? '' : 'none';
    this.#drawEdges(this.#edgesInSight(far));
    this.#drawNodes(this.#inSight(far));
    this.#changed = false;
  }

  #inSight(far: boolean): number[] {
    const { tab, node, lit, now } = this.#picture as Picture;
    const { order, x, y } = this.#place as Layout;
    if (order.length <= MANY && !far) return order;
    const kept = (at: number) => at === tab || at === node || at === now || lit.has(at);
    if (far) return order.filter(kept);
    const { x: left, y: top, k } = this.camera;
    const { clientWidth, clientHeight } = this.element;
    const { width } = this.#pen as Pen;
    return order.filter((at) => {
      const across = x[at] * k + left;
      const down = y[at] * k + top;
      const seen =
        across > -40 - width * k &&
        across < clientWidth + 40 &&
        down > -80 &&
        down < clientHeight + 120;
      return seen || kept(at);
    });
  }

  #drawNodes(wanted: number[]): void {
    const keep = new Set(wanted);
    for (const [node, group] of this.#cards) {
      if (keep.has(node)) continue;
      group.remove();
      this.#cards.delete(node);
    }
    let before: Element | null = null;
    for (const node of wanted) {
      const known = this.#cards.get(node);
      let group = known;
      if (!group) {
        group = this.#make(node);
        this.#cards.set(node, group);
      }
      // reading order for assistive tools, moved only where it is wrong: moving drops the focus
      const next: ChildNode | null = before ? before.nextSibling : this.#nodes.firstChild;
      if (next !== group) this.#nodes.insertBefore(group, next);
      before = group;
      if (this.#changed || !known) this.#mark(node, group);
    }
  }

  #make(node: number): SVGGElement {
    const { tree, by } = this.#picture as Picture;
    const tools = this.#pen as Pen;
    const group = card(tree, node, tools, by);
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

  #mark(node: number, group: SVGGElement): void {
    const { tree, folded, node: chosen, lit, tab, by, hits, now } = this.#picture as Picture;
    const { x, y } = this.#place as Layout;
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
    setHidden(group, tree, node, (this.#pen as Pen).width, inner && shut);
    if (inner) {
      const hidden = shut ? below(tree).leaves[node] : null;
      setHandle(group.lastElementChild as SVGGElement, (this.#pen as Pen).width, hidden);
    }
  }
}
