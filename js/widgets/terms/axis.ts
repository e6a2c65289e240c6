/** Round numbers that enclose a range, four to eight of them, the closest. */
export function levels(low: number, high: number): number[] {
  const span = Math.max(high - low, 1e-6 * Math.max(Math.abs(high), 1e-3));
  const middle = Math.floor(Math.log10(span));
  let best: number[] = [];
  for (let power = middle - 1; power <= middle + 1; power++) {
    for (const digit of [1, 2, 2.5, 5]) {
      const step = digit * 10 ** power;
      const first = Math.floor(low / step + 1e-9);
      const last = Math.ceil(high / step - 1e-9);
      if (last - first < 3 || last - first > 7) continue;
      const found = Array.from({ length: last - first + 1 }, (_, i) => clean((first + i) * step));
      const width = (found.at(-1) as number) - found[0];
      if (!best.length || width < (best.at(-1) as number) - best[0] - 1e-9 * span) best = found;
    }
  }
  return best.length ? best : [low - span / 2, low, low + span / 2];
}

/** Round numbers inside a range, about as many as are wanted. */
export function inside(low: number, high: number, wanted: number): number[] {
  const rough = (high - low) / Math.max(wanted, 1);
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((digit) => digit * power >= 0.7 * rough) ?? 10) * power;
  const found: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) {
    found.push(clean(i * step));
  }
  return found.length ? found : [low];
}

const clean = (value: number): number => Number(value.toPrecision(10)) + 0;

export interface Scale {
  (value: number): number;
  back: (pixel: number) => number;
}

export function scale(low: number, high: number, start: number, end: number): Scale {
  const span = high - low || 1;
  const to = ((value: number) => start + ((end - start) * (value - low)) / span) as Scale;
  to.back = (pixel) => low + (span * (pixel - start)) / (end - start);
  return to;
}
