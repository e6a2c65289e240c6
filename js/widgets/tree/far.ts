import { s } from '../../shared/dom';
import type { Layout } from '../../shared/layout';
import type { Tree } from '../../shared/tree';
import { CARD } from './card';
import { type Colour, shade } from './shade';

/**
 * Seen from afar no text can be read, so hundreds of cards become a handful of paths, one for each
 * colour. That keeps every frame of a pan or zoom cheap.
 */
export function drawFar(
  tree: Tree,
  place: Layout,
  width: number,
  by: Colour,
  hits: ReadonlySet<number>
): SVGGElement {
  const edges: string[] = [];
  const faces = new Map<string, string[]>();
  const rings: string[] = [];
  for (const node of place.order) {
    const [x, y] = [Math.round(place.x[node]), Math.round(place.y[node]) - CARD.height / 2];
    if (node > 0) edges.push(edge(place, tree.parent[node], node, width));
    const fill = shade(tree, node, by);
    const card = `M${x} ${y}h${width}v${CARD.height}h${-width}z`;
    const known = faces.get(fill);
    if (known) known.push(card);
    else faces.set(fill, [card]);
    if (hits.has(node))
      rings.push(`M${x - 14} ${y - 14}h${width + 28}v${CARD.height + 28}h${-width - 28}z`);
  }
  const group = s('g', { class: 'far', 'aria-hidden': 'true' });
  group.append(s('path', { class: 'lines', d: edges.join('') }));
  for (const [fill, cards] of faces) group.append(s('path', { d: cards.join(''), fill }));
  if (rings.length) group.append(s('path', { class: 'found', d: rings.join('') }));
  return group;
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
