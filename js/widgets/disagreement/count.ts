/** What a column holds, counted as the kernel does (jupyter_distill/exports/counted.py). */
import { isNumeric } from './filter';
import type { Column, Counted, Value } from './types';

const MOST = 50;
const BINS = 24;

export function countCells(column: Column, cells: Value[]): Counted {
  const known = cells.filter((cell) => cell !== null);
  const said = { column: column.name, rows: cells.length, missing: cells.length - known.length };
  if (isNumeric(column) && column.kind !== 'leaf')
    return { ...said, ...numbers(known.map(Number)) };
  const met = new Map<Value, number>();
  for (const cell of known) met.set(cell, (met.get(cell) ?? 0) + 1);
  const values = [...met].sort((a, b) => b[1] - a[1]);
  return { ...said, values: values.slice(0, MOST), more: Math.max(0, values.length - MOST) };
}

function numbers(all: number[]): Partial<Counted> {
  const finite = all.filter(Number.isFinite);
  if (!finite.length) return {};
  const low = finite.reduce((a, b) => Math.min(a, b));
  const high = finite.reduce((a, b) => Math.max(a, b));
  const wide = Number.isFinite(high - low) && high > low;
  const bins = new Array(wide ? BINS : 1).fill(0);
  for (const one of finite) {
    bins[wide ? Math.min(Math.floor((one - low) * (BINS / (high - low))), BINS - 1) : 0] += 1;
  }
  return { low, high, bins };
}
