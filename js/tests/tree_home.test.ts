import { describe, expect, it } from 'vitest';
import { EDGE_OF_STAGE, home, MOST_HEIGHT } from '../widgets/tree/home';

const place = (height: number, root: number) => ({
  width: 900,
  height,
  y: Float64Array.of(root * height)
});

describe('how a tree is first seen', () => {
  it('cuts no card of a tree that fits, wherever its root stands', () => {
    for (let high = 60; high < 620; high += 0.7) {
      for (const root of [0.1, 0.4, 0.5, 0.9]) {
        const { k, y, height } = home(place(high, root), 1000);
        expect(y, `the highest card of ${high}`).toBeGreaterThanOrEqual(EDGE_OF_STAGE - 1e-6);
        const under = height - (y + k * high);
        expect(under, `the lowest card of ${high}`).toBeGreaterThanOrEqual(EDGE_OF_STAGE - 1e-6);
      }
    }
  });

  it('leaves no room empty where a tree is cut', () => {
    for (const high of [1000, 1500, 9000]) {
      for (const root of [0.01, 0.3, 0.5, 0.99]) {
        const { k, y, height } = home(place(high, root), 1000);
        expect([k, height]).toEqual([0.8, MOST_HEIGHT]);
        expect(y).toBeLessThanOrEqual(EDGE_OF_STAGE);
        expect(height - (y + k * high)).toBeLessThanOrEqual(EDGE_OF_STAGE);
        const at = y + k * root * high;
        expect(at).toBeGreaterThan(0);
        expect(at).toBeLessThan(height);
      }
    }
  });

  it('is less high in a narrow cell', () => {
    expect(home(place(9000, 0.5), 340).height).toBe(480);
    expect(home(place(20, 0.5), 340).height).toBe(176);
  });
});
