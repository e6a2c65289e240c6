import { colour, s } from '../../shared/dom';
import type { Layout } from '../../shared/layout';
import { along, type Tree } from '../../shared/tree';
import { CARD, INKS } from './card';

/**
 * Seen from afar no text can be read, so hundreds of cards become a handful of paths: the faces,
 * and one path a class for all bars. That keeps every frame of a pan or zoom cheap.
 */
export function drawFar(tree: Tree, place: Layout, width: number): SVGGElement {
  const { numbers } = tree;
  // of a regression one colour for the teacher and one for the student
  const inks = numbers ? [INKS.teacher, INKS.student] : tree.classes.map((_, j) => colour(j));
  const k = tree.classes.length;
  const faces: string[] = [];
  const bars = inks.map(() => [] as string[]);
  for (const node of place.order) {
    const x = place.x[node];
    const top = place.y[node] - CARD.height / 2;
    faces.push(`M${round(x)} ${round(top)}h${width}v${CARD.height}h${-width}z`);
    for (const [who, shares, y] of [
      [0, tree.teacher, top + 8],
      [1, tree.student, top + 34]
    ] as const) {
      let at = x + 10;
      if (numbers) {
        const w = Math.max(2, along(numbers, shares[node]) * (width - 20));
        bars[who].push(`M${round(at)} ${round(y)}h${round(w)}v18h${round(-w)}z`);
        continue;
      }
      for (let j = 0; j < k; j++) {
        const w = shares[node * k + j] * (width - 20);
        if (w > 0.5) bars[j].push(`M${round(at)} ${round(y)}h${round(w)}v18h${round(-w)}z`);
        at += w;
      }
    }
  }
  const group = s('g', { class: 'far', 'aria-hidden': 'true' });
  group.append(s('path', { class: 'face', d: faces.join('') }));
  bars.forEach((parts, j) => {
    group.append(s('path', { d: parts.join(''), fill: inks[j] }));
  });
  return group;
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

const round = (value: number): number => Math.round(value * 10) / 10;
