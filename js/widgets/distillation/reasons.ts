import { decode, type Wire } from '../../shared/wire';
import type { ReasonsPayload } from '../terms/data';

/** How the scores of the rows that a page holds come about. */
interface Kept {
  rows: Wire;
  values: string[][];
  at: Wire;
  adds: Wire;
  total: Wire;
  student: Wire;
  teacher: Wire;
}

/** What the kernel would say of a row; nothing of one that the page does not hold. */
export function reasonsOf(kept: Partial<Kept> | undefined, row: unknown): Partial<ReasonsPayload> {
  if (!kept?.rows || typeof row !== 'number') return {};
  const all = kept as Kept;
  const place = decode(all.rows, 'i4').indexOf(row);
  if (place < 0) return {};
  const cut = (wire: Wire): number[] => {
    const wide = wire.shape.slice(1).reduce((product, length) => product * length, 1);
    return Array.from(decode(wire, 'f4').subarray(place * wide, (place + 1) * wide));
  };
  const adds = Float32Array.from(cut(all.adds));
  return {
    row,
    values: all.values[place],
    at: cut(all.at).map((value) => (Number.isNaN(value) ? null : value)),
    adds: { dtype: 'f4', shape: all.adds.shape.slice(1), data: new DataView(adds.buffer) },
    total: cut(all.total),
    student: cut(all.student),
    teacher: cut(all.teacher)
  };
}
