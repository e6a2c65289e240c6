import { decode, type Wire } from '../../shared/wire';

/** The leaf of a row among those that a page of the table holds; null where it is not there. */
export function leafIn(page: unknown, row: unknown): number | null {
  const { row_ids, leaves } = (page ?? {}) as { row_ids?: Wire; leaves?: Wire };
  if (!row_ids || !leaves || typeof row !== 'number') return null;
  const at = decode(row_ids, 'i4').indexOf(row);
  return at < 0 ? null : decode(leaves, 'i4')[at];
}
