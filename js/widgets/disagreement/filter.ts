import type { Column, Filter } from './types';

export const HOW = 'Write >= 5, <= 10, 2..8, a number or missing';
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

export const isNumeric = (column: Column): boolean =>
  column.kind === 'numeric' || column.kind === 'measure' || column.kind === 'leaf';

/** The filters that a typed text means; null when a numeric column cannot read it. */
export function parseFilter(column: Column, text: string): Filter[] | null {
  const typed = text.trim();
  if (!typed) return [];
  const of = (op: Filter['op'], value: Filter['value']): Filter => ({
    column: column.name,
    op,
    value
  });
  if (!isNumeric(column)) return [of('contains', typed)];
  if (typed.toLowerCase() === 'missing') return [of('is', null)];

  const range = typed.split('..');
  if (range.length === 2) {
    const [low, high] = range.map(numeral);
    return low === null || high === null ? null : [of('>=', low), of('<=', high)];
  }
  const sign = /^(>=|≥|<=|≤|=)?\s*(.+)$/.exec(typed);
  const value = numeral(sign?.[2] ?? '');
  if (value === null) return null;
  const ops: Record<string, Filter['op']> = { '>=': '>=', '≥': '>=', '<=': '<=', '≤': '<=' };
  return [of(ops[sign?.[1] ?? ''] ?? 'is', value)];
}

/** The text that means these filters: how a view opened later shows them. */
export function filterText(filters: Filter[], column: string): string {
  const own = filters.filter((filter) => filter.column === column);
  if (own.length === 2) return `${own[0].value}..${own[1].value}`;
  if (!own.length) return '';
  const [{ op, value }] = own;
  if (value === null) return 'missing';
  if (Array.isArray(value)) return value.map((one) => one ?? 'missing').join(', ');
  return op === '>=' || op === '<=' ? `${op} ${value}` : String(value);
}

function numeral(text: string): number | null {
  const plain = text.trim().replaceAll(',', '');
  return NUMBER.test(plain) ? Number(plain) : null;
}
