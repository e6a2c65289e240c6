import { attr, h, KEYS, s } from '../../shared/dom';
import { type Layout, layout } from '../../shared/layout';
import { frame } from '../../shared/schedule';
import { isLeaf } from '../../shared/tree';
import { Camera, LEAST } from './camera';
import { CARD, GAP, labelLines, type Pen, pen, supportShare } from './card';
import { Cards, type Picture } from './cards';
import { drawFar, edge, nodeAt } from './far';
import { EDGE_OF_STAGE, home } from './home';

/** Below this zoom the texts are too small to read. */
const FAR = 0.6;
/** Up to so many cards all are drawn; above, only those in sight. */
const MANY = 150;
/** Up to so many are drawn as cards however small. */
const FEW = 24;

/** The SVG of the tree: lays it out, draws what is in sight, and moves the camera. */
export class Stage {
  readonly element = h('div', { class: 'stage' });
  readonly camera: Camera;
  #svg = s('svg', { role: 'tree', 'aria-label': 'The student as a tree', ...KEYS });
  #edges = s('g', { class: 'edges', 'aria-hidden': 'true' });
  #far = s('g', { role: 'none' });
  #nodes = s('g', { role: 'none' });
  #world = s('g', { role: 'none' }, this.#edges, this.#far, this.#nodes);
  #cards = new Cards(this.#nodes);
  #lines = new Map<number, SVGPathElement>();
  #picture: Picture | null = null;
  #place: Layout | null = null;
  #rises: number[] = [];
  #pen: Pen | null = null;
  #farStale = true;
  /** Whether anything but the place of the camera has changed since the last frame. */
  #changed = true;
  #wasFar = false;
  #unfinished = false;

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
    this.#cards.forget();
    this.#rises = [];
    // asked once: the view hears of every new size, and asking lays out the whole page at once
    const { width } = this.camera.room.width ? this.camera.room : this.measure();
    this.#pen = pen(this.element, width > 0 && width < 640 ? 208 : 232);
    this.#picture = picture;
    this.#lay();
    this.home();
    this.show(picture);
  }

  /** Takes the size that the page gives to the stage. */
  measure(): { width: number; height: number } {
    const { clientWidth: width, clientHeight: height } = this.element;
    this.camera.room = { width, height };
    return this.camera.room;
  }

  /** Draws a new state; the card `still` keeps its place on the screen. */
  show(picture: Picture, still?: number): void {
    if (!this.#pen) return;
    const kept = still === undefined ? null : this.#place;
    const relaid = !this.#place || picture.folded !== this.#picture?.folded;
    const renewed = picture.tree !== this.#picture?.tree;
    const before = this.#picture;
    if (picture.by !== before?.by || picture.hits !== before?.hits) this.#farStale = true;
    // what a card says beside its answer depends on the colour
    if (before && picture.by !== before.by) this.#cards.forget();
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
    const { room } = this.camera;
    const { k, y, height } = home(place, room.width);
    this.element.style.height = `${height}px`;
    if (room.width) room.height = height;
    this.camera.moved = false;
    this.camera.place(EDGE_OF_STAGE, y, k);
  }

  /** The whole tree in sight, however small. */
  fit(): void {
    const place = this.#place;
    if (!place) return;
    const { width, height } = this.camera.room;
    const edges = 2 * EDGE_OF_STAGE;
    const scale = Math.min((width - edges) / place.width, (height - edges) / place.height);
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
    this.#cards.of(node)?.focus({ preventScroll: true });
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
      gap: GAP
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
    const { x: left, y: top, k, room } = this.camera;
    return order.filter((at) => {
      const up = tree.parent[at];
      if (up < 0) return false;
      const [a, b] = [y[at] * k + top, y[up] * k + top];
      return (
        x[at] * k + left > 0 &&
        x[up] * k + left < room.width &&
        Math.max(a, b) > 0 &&
        Math.min(a, b) < room.height
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
    const same = !this.#changed && !this.#unfinished && far === this.#wasFar;
    if (same && this.order.length <= MANY) return;
    this.#drawEdges(this.#edgesInSight(far));
    const drawing = { ...this.#picture, place: this.#place, pen: this.#pen as Pen };
    const whole = this.#cards.draw(this.#inSight(far), drawing, this.#changed);
    if (far || whole) this.#far.style.display = far ? '' : 'none';
    this.#changed = false;
    this.#unfinished = !whole;
    this.#wasFar = far;
    if (!whole) camera.draw();
  }

  #inSight(far: boolean): number[] {
    const { tab, node, lit, now } = this.#picture as Picture;
    const { order, x, y } = this.#place as Layout;
    if (order.length <= MANY && !far) return order;
    const kept = (at: number) => at === tab || at === node || at === now || lit.has(at);
    if (far) return order.filter(kept);
    const { x: left, y: top, k, room } = this.camera;
    const { width } = this.#pen as Pen;
    return order.filter((at) => {
      const across = x[at] * k + left;
      const down = y[at] * k + top;
      const seen =
        across > -40 - width * k &&
        across < room.width + 40 &&
        down > -80 &&
        down < room.height + 120;
      return seen || kept(at);
    });
  }
}
