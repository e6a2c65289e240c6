import type { Measure, Rungs } from './rungs';

/** Where an arrow key leads from a rung: along its line, or to the nearest of another family. */
export function step(rungs: Rungs, measure: Measure, from: number, key: string): number | null {
  const here = rungs.all[from];
  if (!here) return null;
  const seen = (index: number) => Number.isFinite(measure.values[index].value);
  const line = rungs.lines[here.family].filter(({ index }) => seen(index));
  const at = line.findIndex(({ index }) => index === from);
  const within: Record<string, number> = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1,
    Home: 0,
    End: line.length - 1
  };
  if (key in within) return line[within[key]]?.index ?? from;
  const down = { ArrowDown: 1, ArrowUp: -1 }[key];
  if (!down) return null;
  const families = rungs.lines.length;
  for (let k = 1; k < families; k++) {
    const other = rungs.lines[(here.family + down * k + families * k) % families];
    const near = other
      .filter(({ index }) => seen(index))
      .sort((a, b) => Math.abs(a.x - here.x) - Math.abs(b.x - here.x))[0];
    if (near) return near.index;
  }
  return from;
}
