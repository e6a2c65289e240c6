import { number, percent } from '../../shared/format';
import type { Reasons, Term, Terms } from './data';

/** 0.4213 -> "+0.421": a sign, and three digits that count. */
export function signed(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size === 0) return '0';
  let text = size.toExponential(2); // rounded first: 9.999 is 10.0
  const power = Number(text.split('e')[1]);
  if (power >= -4 && power < 6) text = size.toFixed(Math.max(0, 2 - power));
  return (value < 0 ? '−' : '+') + text;
}

/** 0.4213 -> "0.421" */
export const plain = (value: number): string => signed(value).replace('+', '');

/** What is added to: "log-odds of yes", "score of cat", "prediction". */
export const target = (terms: Terms, j: number): string =>
  terms.j > 1 ? `score of ${terms.scores[j]}` : terms.scores[0];

/** A number as it is read off a chart: as many digits as tell its range apart. */
export function read(value: number, low: number, high: number): string {
  const digits = Math.ceil(-Math.log10((high - low || Math.abs(value) || 1) / 1000));
  return number(Number(value.toFixed(Math.min(12, Math.max(0, digits)))));
}

/** Where a step lies: "40 to 52", "up to 40", "above 52". */
export function stretch(term: Term, step: number): string {
  const { edges } = term;
  const [low, high] = [edges[0], edges[edges.length - 1]];
  const tell = (value: number) => number(Number(value.toPrecision(6)));
  if (term.size === 1) return `${read(low, low, high)} to ${read(high, low, high)}`;
  if (step === 0) return `up to ${tell(edges[1])}`;
  if (step === term.size - 1) return `above ${tell(edges[step])}`;
  return `${tell(edges[step])} to ${tell(edges[step + 1])}`;
}

/** Most terms that the sum of a row names. */
const NAMED = 4;

/** The parts of a row's sum, largest first; those that are not named are one part. */
export function parts(terms: Terms, reasons: Reasons): { text: string; adds: number }[] {
  const order = reasons.adds
    .map((_, t) => t)
    .sort((a, b) => Math.abs(reasons.adds[b]) - Math.abs(reasons.adds[a]) || a - b);
  const named = order.length > NAMED + 1 ? order.slice(0, NAMED) : order;
  const rest = order.slice(named.length);
  const found = named.map((t) => ({ text: terms.terms[t].name, adds: reasons.adds[t] }));
  if (rest.length) {
    const adds = rest.reduce((sum, t) => sum + reasons.adds[t], 0);
    found.push({ text: `${rest.length} others`, adds });
  }
  return found;
}

/** What follows from the sum, and what the teacher says. */
export function follows(terms: Terms, reasons: Reasons, j: number): string {
  if (!terms.classes.length) return `The teacher says ${plain(reasons.teacher[0])}.`;
  const k = terms.classes.length === 2 ? 1 : j;
  const name = terms.classes[k];
  return `So ${percent(reasons.student[k])} ${name}; the teacher says ${percent(reasons.teacher[k])}.`;
}
