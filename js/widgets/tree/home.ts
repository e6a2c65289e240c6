import type { Layout } from '../../shared/layout';

const LEAST_HEIGHT = 176;
export const MOST_HEIGHT = 712;
const NARROW_HEIGHT = 480;
/** Smaller than this cards are hard to read. */
const SMALLEST = 0.8;
export const EDGE_OF_STAGE = 16;
/** As tall, at zoom 1, is the most that is seen at first; of more something is cut off. */
export const ROOM = (MOST_HEIGHT - 2 * EDGE_OF_STAGE) / SMALLEST;

/** How a tree is first seen: as large as can be read, the whole of it where that fits. */
export function home(place: Pick<Layout, 'width' | 'height' | 'y'>, room: number) {
  const edges = 2 * EDGE_OF_STAGE;
  const width = room - edges;
  const most = width < 600 ? NARROW_HEIGHT : MOST_HEIGHT;
  const fits = Math.min(width / place.width, (most - edges) / place.height);
  const k = Math.min(1, Math.max(SMALLEST, fits || 1));
  const tall = place.height * k;
  // never rounded down: what lacks a pixel would count as too high for the stage
  const height = Math.min(most, Math.max(LEAST_HEIGHT, 4 * Math.ceil((tall + edges) / 4)));
  const spare = height - tall;
  // of a tree that is too high the root stands in the middle, as long as no room is left empty
  const y =
    spare >= edges
      ? spare / 2
      : Math.min(EDGE_OF_STAGE, Math.max(spare - EDGE_OF_STAGE, height / 2 - place.y[0] * k));
  return { k, y, height };
}
