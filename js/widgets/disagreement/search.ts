/**
 * How rows are found and put in order: the rules of the kernel (jupyter_distill/exports/fields.py),
 * for a page that has none. tests/search_cases.json holds both to the same answers.
 */
import { isNumeric } from './filter';
import type { Column, Filter, Value } from './types';

const MISSING = 'missing';
const PRINTED = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

type Test = (cell: Value) => boolean;
const none: Test = () => false;

/** Text as a search sees it, without upper and lower case: "Straße" is "STRASSE". */
export const fold = (value: unknown): string =>
  String(value).toUpperCase().toLowerCase().replaceAll('ς', 'σ');

const shown = (cell: Value): string => (cell === null ? MISSING : fold(cell));

/** Numbers printed with these first digits: "12.5" is 12.5 up to just below 12.6. */
function printedAs(text: string): Test | null {
  const typed = text.trim();
  if (!PRINTED.test(typed)) return null;
  const sign = typed.startsWith('-') ? -1 : 1;
  const [whole, rest = ''] = typed.replace(/^[+-]/, '').split('.');
  const power = `e-${rest.length}`;
  const digits = BigInt(whole + rest);
  const low = Number(digits + power);
  const beyond = Number(digits + 1n + power);
  return (cell) => cell !== null && sign * Number(cell) >= low && sign * Number(cell) < beyond;
}

/** Which cells of a column hold what was typed into the search field. */
export function search(column: Column, text: string): Test {
  // measures are numbers of our own, which nobody looks for
  return column.kind === 'measure' || column.kind === 'leaf' ? none : contains(column, text);
}

function contains(column: Column, text: string): Test {
  const wanted = fold(text);
  if (!isNumeric(column)) return (cell) => shown(cell).includes(wanted);
  return printedAs(text) ?? (MISSING.includes(wanted) ? (cell) => cell === null : none);
}

/** Which cells of a column pass a filter; an empty one lets all through. */
export function test(column: Column, { op, value }: Filter): Test {
  if (value === '') return () => true;
  if (value === null) return (cell) => cell === null;
  if (Array.isArray(value)) {
    const wanted = new Set(
      value.map((one) => (isNumeric(column) && one !== null ? +one : shown(one)))
    );
    return (cell) => wanted.has(isNumeric(column) && cell !== null ? Number(cell) : shown(cell));
  }
  if (op === 'contains') return contains(column, String(value));
  if (!isNumeric(column)) return op === 'is' ? (cell) => shown(cell) === fold(value) : none;
  const bound = Number(value);
  const passes = {
    in: () => false,
    is: (number: number) => number === bound,
    '>=': (number: number) => number >= bound,
    '<=': (number: number) => number <= bound
  }[op];
  return (cell) => cell !== null && passes(Number(cell));
}

/** Compares cells of a column; missing values come last, whichever way it is sorted. */
export function comparer(column: Column, descending: boolean): (a: Value, b: Value) => number {
  const order = isNumeric(column) ? (a: Value, b: Value) => Number(a) - Number(b) : alphabet;
  return (a, b) => {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    return descending ? -order(a, b) : order(a, b);
  };
}

/** Numbers written as text come first, by size; then names by their letters. */
function alphabet(a: Value, b: Value): number {
  const [left, right] = [String(a), String(b)];
  const [x, y] = [NUMBER.test(left), NUMBER.test(right)];
  if (x !== y) return x ? -1 : 1;
  const first = x ? Number(left) - Number(right) : letters(fold(left), fold(right));
  return first || letters(left, right);
}

const letters = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
