import { s } from '../../shared/dom';
import type { Layout } from '../../shared/layout';
import type { Tree } from '../../shared/tree';
import { CARD } from './card';
import { type Colour, shade } from './shade';

/** As tall, in the tree's own coordinates, is a strip of paths that are painted or left out. */
const STRIP = 1600;

/**
 * Seen from afar no text can be read, so hundreds of cards become a handful of paths, one for each
 * colour. That keeps every frame of a pan or zoom cheap. They are cut into strips, for a browser
 * paints the whole of a path of which any part is in sight.
 */
export function drawFar(
  tree: Tree,
  place: Layout,
  width: number,
  by: Colour,
  hits: ReadonlySet<number>
): SVGGElement {
  const strips = new Map<number, Strip>();
  for (const node of place.order) {
    const [x, y] = [Math.round(place.x[node]), Math.round(place.y[node]) - CARD.height / 2];
    const at = Math.floor(y / STRIP);
    const strip = strips.get(at) ?? { edges: '', rings: '', faces: new Map() };
    strips.set(at, strip);
    const { faces } = strip;
    const fill = shade(tree, node, by);
    if (node > 0) strip.edges += edge(place, tree.parent[node], node, width);
    faces.set(fill, `${faces.get(fill) ?? ''}M${x} ${y}h${width}v${CARD.height}h${-width}z`);
    if (hits.has(node))
      strip.rings += `M${x - 14} ${y - 14}h${width + 28}v${CARD.height + 28}h${-width - 28}z`;
  }
  const group = s('g', { class: 'far', 'aria-hidden': 'true' });
  const all = [...strips.values()];
  group.append(...all.map(({ edges }) => s('path', { class: 'lines', d: edges })));
  for (const { faces, rings } of all) {
    group.append(...[...faces].map(([fill, d]) => s('path', { d, fill })));
    if (rings) group.append(s('path', { class: 'found', d: rings }));
  }
  return group;
}

interface Strip {
  edges: string;
  rings: string;
  faces: Map<string, string>;
}

/** The line from a card to that of its child. */
export function edge({ x, y }: Layout, node: number, child: number, width: number): string {
  const from = x[node] + width;
  const middle = from + (x[child] - from) / 2;
  const [up, down] = [y[node], y[child]].map((at) => at.toFixed(1));
  return `M${from} ${up}C${middle} ${up} ${middle} ${down} ${x[child]} ${down}`;
}

/** The node whose card lies under a point of the tree's own coordinates. */
export function nodeAt(place: Layout, width: number, x: number, y: number): number | null {
  const hit = place.order.find(
    (node) =>
      x >= place.x[node] &&
      x <= place.x[node] + width &&
      Math.abs(y - place.y[node]) <= CARD.height / 2
  );
  return hit ?? null;
}
