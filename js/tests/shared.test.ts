import { describe, expect, it } from 'vitest';
import shares from '../../tests/share_cases.json';
import { brief, number, percent, percents, some, temperature } from '../shared/format';
import { layout } from '../shared/layout';
import { Traits } from '../shared/model';
import { prepare, softenAll, softenRow } from '../shared/softmax';
import { apart, clip, wrap } from '../shared/text';
import { brightness } from '../shared/theme';
import { conditions, decodeTree, isUnder, leafCounts } from '../shared/tree';
import { decode } from '../shared/wire';
import { FakeModel, fullTree, wait, wire } from './fakes';

describe('wire', () => {
  const values = Float32Array.from([1.5, -2, 3e9]);

  it('reads a view at an offset that typed arrays refuse, and no byte beyond it', () => {
    const padded = new Uint8Array(values.byteLength + 3);
    padded.set(new Uint8Array(values.buffer), 1);
    const data = new DataView(padded.buffer, 1, values.byteLength);
    expect([...decode({ dtype: 'f4', shape: [3], data }, 'f4')]).toEqual([...values]);
  });

  it('reads base64', () => {
    const data = btoa(String.fromCharCode(...new Uint8Array(values.buffer)));
    expect([...decode({ dtype: 'f4', shape: [3], data }, 'f4')]).toEqual([...values]);
  });

  it('refuses another dtype and another length', () => {
    const data = new DataView(values.buffer);
    expect(() => decode({ dtype: 'f4', shape: [3], data }, 'i4')).toThrow(/expected.*i4.*got f4/);
    expect(() => decode({ dtype: 'f4', shape: [2, 2], data }, 'f4')).toThrow(/shape \[2, 2\]/);
  });
});

describe('numbers of a range', () => {
  it('have as many decimals as tell them apart', () => {
    expect(brief(152.34567, 100, 200)).toBe('152.3');
    expect(brief(0.123456, 0, 0.5)).toBe('0.1235');
    expect(brief(1234567.8, 0, 2_000_000)).toBe('1,234,568');
    expect(brief(-12345.678, -20_000, 5)).toBe('-12,346');
    expect(brief(2.5e-9, 0, 1e-8)).toBe('2.5e-9');
    expect(brief(Number.NaN, 0, 1)).toBe('–');
  });
});

describe('softmax', () => {
  it('is exact for logits that would overflow', () => {
    const logits = prepare([1e308, 1e308, 0, 5000, 4998, -1e308], 2, 3);
    const out = new Float64Array(3);
    softenRow(logits, 0, 1, out);
    expect([...out]).toEqual([0.5, 0.5, 0]);
    softenRow(logits, 1, 2, out);
    expect(out[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 15);
    const sums = { entropy: 0, second: 0 };
    softenAll(logits, 1, out, new Float64Array(3), sums);
    expect(Number.isFinite(sums.entropy)).toBe(true);
    expect(out.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });

  it('gives the mean, the entropy and the second share of the rows taken one by one', () => {
    const [n, k] = [40, 4];
    const values = Array.from({ length: n * k }, (_, i) => 6 * Math.sin(i * 1.7));
    const logits = prepare(values, n, k);
    for (const t of [0.1, 1, 3, 20]) {
      const mean = new Float64Array(k);
      const sums = { entropy: 0, second: 0 };
      softenAll(logits, t, mean, new Float64Array(k), sums);
      const row = new Float64Array(k);
      let [entropy, second, first] = [0, 0, 0];
      for (let i = 0; i < n; i++) {
        softenRow(logits, i, t, row);
        expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
        for (const p of row) if (p > 0) entropy -= (p * Math.log(p)) / n;
        second += [...row].sort((a, b) => b - a)[1] / n;
        first += row[0] / n;
      }
      expect(sums.entropy).toBeCloseTo(entropy, 10);
      expect(sums.second).toBeCloseTo(second, 10);
      expect(mean[0]).toBeCloseTo(first, 10);
    }
  });

  it('softens 10,000 rows of 10 classes in little more than their exponentials take', () => {
    const [n, k] = [10_000, 10];
    const values = Float32Array.from({ length: n * k }, (_, i) => 8 * Math.sin(i * 1.3));
    const logits = prepare(values, n, k);
    const [mean, scratch] = [new Float64Array(k), new Float64Array(k)];
    const sums = { entropy: 0, second: 0 };
    const times: number[] = [];
    const bare: number[] = [];
    let sum = 0;
    for (let i = 0; i < 60; i++) {
      const t = 0.5 + i / 10;
      const begun = performance.now();
      softenAll(logits, t, mean, scratch, sums);
      const between = performance.now();
      for (let j = 0; j < values.length; j++) sum += Math.exp(values[j] / t - 20);
      times.push(between - begun);
      bare.push(performance.now() - between);
    }
    expect(sum).toBeGreaterThan(0);
    const [least, exponentials] = [Math.min(...times), Math.min(...bare)];
    console.log(`softmax 10,000 x 10: ${least.toFixed(2)} ms, exp ${exponentials.toFixed(2)} ms`);
    // a ratio of the least of each, as a busy machine slows both
    expect(least / exponentials).toBeLessThan(3);
  });
});

describe('layout', () => {
  const sizes = { card: 100, column: 150, up: () => 40, down: () => 24, gap: 8 };

  /** Trees of all shapes from a small generator of pseudo-random numbers. */
  function grown(leaves: number, seed: number) {
    const left = [-1];
    const right = [-1];
    let state = seed;
    for (let count = 1; count < leaves; count++) {
      state = (state * 1103515245 + 12345) % 2 ** 31;
      const open = left.map((_, i) => i).filter((i) => left[i] < 0);
      const node = open[state % open.length];
      left[node] = left.length;
      right[node] = left.length + 1;
      left.push(-1, -1);
      right.push(-1, -1);
    }
    return { left, right };
  }

  it.each([1, 2, 3, 16, 64, 255])('lays out %i leaves without overlap', (leaves) => {
    for (const seed of [1, 7, 42]) {
      const tree = grown(leaves, seed);
      const place = layout(tree, new Set(), sizes);
      const columns = new Map<number, [number, number][]>();
      expect(place.order.length).toBe(tree.left.length);
      for (const node of place.order) {
        const box: [number, number] = [place.y[node] - 40, place.y[node] + 24];
        expect(box[0]).toBeGreaterThanOrEqual(-1e-9);
        expect(box[1]).toBeLessThanOrEqual(place.height + 1e-9);
        columns.set(place.x[node], [...(columns.get(place.x[node]) ?? []), box]);
        if (tree.left[node] < 0) continue;
        const [a, b] = [tree.left[node], tree.right[node]];
        expect(place.x[a]).toBeGreaterThanOrEqual(place.x[node] + sizes.card);
        expect(place.y[a]).toBeLessThan(place.y[b]);
        expect(place.y[node]).toBeCloseTo((place.y[a] + place.y[b]) / 2, 6);
      }
      for (const boxes of columns.values()) {
        boxes.sort((a, b) => a[0] - b[0]);
        for (let i = 1; i < boxes.length; i++) {
          expect(boxes[i][0]).toBeGreaterThanOrEqual(boxes[i - 1][1] + sizes.gap - 1e-6);
        }
      }
    }
  });

  it('leaves out what is folded', () => {
    const place = layout(grown(8, 3), new Set([0]), sizes);
    expect(place.order).toEqual([0]);
    expect(Number.isNaN(place.x[1])).toBe(true);
  });
});

describe('tree', () => {
  it('knows paths and leaves', () => {
    const tree = decodeTree(fullTree(3));
    if (!tree) throw new Error('no tree');
    expect(conditions(tree, 8)).toEqual([tree.labels[1], tree.labels[3], tree.labels[8]]);
    expect(leafCounts(tree)[0]).toBe(8);
    expect(isUnder(tree, 8, 1)).toBe(true);
    expect(isUnder(tree, 8, 2)).toBe(false);
    expect(decodeTree({})).toBeNull();
  });

  it('says the bounds of one column as one interval, and never what is not so', () => {
    const one = (tails: Record<number, string>, full = {}) => {
      const payload = { ...fullTree(3), columns: ['a <= b', 'a <= b', 'a <= b'], full };
      payload.tails = payload.tails.map((tail, node) => tails[node] ?? tail);
      // all levels ask about the first column
      payload.feature = wire(
        payload.tails.map((_, node) => (node < 7 ? 0 : 3)),
        'i4'
      );
      const tree = decodeTree(payload);
      if (!tree) throw new Error('no tree');
      return (node: number, inFull?: boolean) => conditions(tree, node, inFull);
    };
    const bounds = one({ 1: ' <= 9', 4: ' > 2', 9: ' <= 5', 10: ' > 5' });
    expect(bounds(9)).toEqual(['2 < a <= b <= 5']);
    expect(bounds(10)).toEqual(['5 < a <= b <= 9']);
    const gaps = one({ 1: ' <= 9 (or missing)', 4: ' > 2', 9: ' <= 5' });
    // where only some let missing values through, all is said as it was asked
    expect(gaps(9)).toEqual(['a <= b <= 9 (or missing)', 'a <= b > 2', 'a <= b <= 5']);
    const both = one({ 1: ' <= 9 (or missing)', 3: ' <= 4 (or missing)' });
    expect(both(3)).toEqual(['a <= b <= 4 (or missing)']);
    const named = one({ 1: ' is x, y … and 9 more', 3: ' is x' }, { '1': 'a <= b is all of it' });
    expect(named(3)).toEqual(['a <= b is x, y … and 9 more', 'a <= b is x']);
    expect(named(3, true)).toEqual(['a <= b is all of it', 'a <= b is x']);
    expect(bounds(0)).toEqual([]);
  });
});

describe('small tools', () => {
  it('writes numbers for readers', () => {
    for (const [share, text] of shares) {
      expect(percent(share === null ? Number.NaN : Number(share)), String(share)).toBe(text);
    }
    expect(percent(0.95, 0)).toBe('95\u00a0%');
    expect(percents(0.91, 0.95)).toBe('91.0 to 95.0\u00a0%');
    expect(number(2019)).toBe('2019');
    expect(number(0.1 + 0.2)).toBe('0.3');
    expect([temperature(2), temperature(1.05), temperature(12.5)]).toEqual(['2.0', '1.05', '12.5']);
    expect([some(1, 'rows'), some(1240, 'rows')]).toEqual(['1 row', '1,240 rows']);
  });

  it('breaks and cuts text', () => {
    const measure = (text: string) => text.length;
    expect(clip('abcdef', 4, measure)).toBe('abc…');
    expect(wrap('one two three four', 9, 2, measure)).toEqual(['one two', 'three fo…']);
    expect(wrap('one two three four <= 5', 9, 2, measure, ' <= 5')).toEqual([
      'one two',
      'thr… <= 5'
    ]);
    expect(wrap('one two <= 5', 9, 2, measure, ' <= 5')).toEqual(['one two', '<= 5']);
    // what is to be kept leaves no room for anything else
    expect(wrap('one two is any of ten', 9, 2, measure, ' is any of ten')).toEqual([
      'one two',
      'is any o…'
    ]);
  });

  it('tells long names that begin alike apart by what follows', () => {
    expect(apart(['class number 2 of many', 'class number 23 of many', 'other'])).toEqual([
      '…2 of many',
      '…23 of many',
      'other'
    ]);
    expect(apart(['a very long name of one class', 'another one'])).toEqual([
      'a very long name of one class',
      'another one'
    ]);
    // short enough to be seen whole, and one that is the beginning of the other
    expect(apart(['Barolo 2001', 'Barolo 2002'])).toEqual(['Barolo 2001', 'Barolo 2002']);
    expect(apart(['species number one', 'species number one, alpine'])).toEqual([
      '…one',
      '…one, alpine'
    ]);
    // too little would be gained
    expect(apart(['self-employed', 'self-employed with staff'])).toEqual([
      'self-employed',
      'self-employed with staff'
    ]);
    expect(apart(['twice the same long name', 'twice the same long name'])).toEqual([
      '…name',
      '…name'
    ]);
  });

  it('reads colours', () => {
    expect(brightness('#fff')).toBeCloseTo(1);
    expect(brightness('rgb(0, 0, 0)')).toBe(0);
    expect(brightness('var(--x)')).toBeNull();
  });

  it('sends once after a pause and at once when told to', async () => {
    const model = new FakeModel({ a: 0 });
    const ended = new AbortController();
    const traits = new Traits<{ a: number }>(model, ended.signal);
    for (let a = 1; a < 5; a++) traits.setSoon({ a });
    expect([model.state.a, model.saves]).toEqual([4, 0]);
    await wait(200);
    expect(model.saves).toBe(1);
    traits.setSoon({ a: 8 });
    traits.set({ a: 9 });
    expect(model.saves).toBe(2);
    traits.setSoon({ a: 10 });
    ended.abort();
    expect(model.saves).toBe(3);
  });
});
