import { brief, count, percent } from '../../shared/format';
import { decode, type Wire } from '../../shared/wire';

/** Rules as the kernel sends them, in their own order. */
export interface RulesPayload {
  classes: string[];
  /** Names of the columns that some rule asks about. */
  columns: string[];
  /** What each rule asks, long lists of categories cut short; `full` has those that were cut. */
  conditions: string[][];
  full: Record<string, string[]>;
  /** Whether the first rule that holds decides; else exactly one holds. */
  ordered: boolean;
  nodes: Wire;
  support: Wire;
  teacher: Wire;
  student: Wire;
  agreement: Wire;
  /** Of a regression, whose mixes are one mean a rule: least and greatest of all means. */
  range?: [number, number];
  /** Of a regression: ends of the line that all means and errors are drawn on. */
  axis?: [number, number];
  /** Of a regression: root mean squared difference between teacher and rule. */
  error?: Wire;
}

/** How the chosen row meets the rules. */
export interface Decided {
  row: number;
  rule: number;
  /** Place of a rule, which of its conditions, and what the row has there. */
  tests: [number, number, string][];
}

export type Sort = 'list' | 'support' | 'agreement';

export interface Rules {
  size: number;
  classes: string[];
  columns: string[];
  conditions: string[][];
  full: string[][];
  ordered: boolean;
  nodes: Int32Array;
  support: Float32Array;
  total: number;
  teacher: Float32Array;
  student: Float32Array;
  agreement: Float32Array;
  /** Null for classes. */
  numbers: {
    low: number;
    high: number;
    axis: [number, number];
    error: Float32Array;
  } | null;
}

/** Null when there are no rules yet. */
export function decodeRules(payload: Partial<RulesPayload> | null | undefined): Rules | null {
  if (!payload?.nodes || !payload.conditions?.length) return null;
  const { classes, columns, conditions, full, ordered, range, axis, error } =
    payload as RulesPayload;
  const support = decode((payload as RulesPayload).support, 'f4');
  const size = conditions.length;
  if (support.length !== size) {
    throw new Error(`expected the rows of ${size} rules, got ${support.length}`);
  }
  return {
    size,
    classes,
    columns,
    conditions,
    full: conditions.map((of, place) => full[place] ?? of),
    ordered,
    nodes: decode(payload.nodes, 'i4'),
    support,
    total: support.reduce((sum, rows) => sum + rows, 0),
    teacher: decode((payload as RulesPayload).teacher, 'f4'),
    student: decode((payload as RulesPayload).student, 'f4'),
    agreement: decode((payload as RulesPayload).agreement, 'f4'),
    numbers:
      range && axis && error
        ? { low: range[0], high: range[1], axis, error: decode(error, 'f4') }
        : null
  };
}

/** The class that a rule names; -1 of a regression. */
export function named(rules: Rules, place: number): number {
  const k = rules.classes.length;
  if (rules.numbers) return -1;
  let best = 0;
  for (let j = 1; j < k; j++) {
    if (rules.student[place * k + j] > rules.student[place * k + best]) best = j;
  }
  return best;
}

/** What a rule says: its class, or its number. */
export const answer = (rules: Rules, place: number): string =>
  rules.numbers ? written(rules, rules.student[place]) : (rules.classes[named(rules, place)] ?? '');

/** A number of a regression as precisely as all of them need. */
export const written = ({ numbers }: Rules, value: number): string =>
  numbers ? brief(value, numbers.low, numbers.high) : percent(value);

/** A rule as a sentence with nothing left out; jupyter_distill/exports/rule_lines.py says it so. */
export function sentence(rules: Rules, place: number): string {
  const parts = [...rules.full[place]];
  if (rules.ordered && place) {
    parts.push(
      place === 1 ? 'the rule before does not hold' : `none of the ${place} rules before holds`
    );
  }
  const said = answer(rules, place);
  return parts.length ? `if ${parts.join(' and ')} then ${said}` : `always ${said}`;
}

/** All rules as text, a line each. */
export function whole(rules: Rules): string {
  const line = (of: string[], place: number) => {
    const when = of.length ? `if ${of.join(' and ')} then` : place ? 'otherwise' : 'always';
    return `${place + 1}. ${when} ${answer(rules, place)}`;
  };
  return rules.full.map(line).join('\n');
}

/** "12 rules", the last line of a list not counted; and how they come to an answer. */
export function reading(rules: Rules, shown: number): string {
  const n = rules.size - Number(rules.ordered);
  const unit = n === 1 ? 'rule' : 'rules';
  if (shown < rules.size) return `${count(shown)} of ${count(rules.size)} lines`;
  const how = rules.ordered ? 'the first that holds decides' : 'exactly one holds of any row';
  return `${count(n)} ${unit}, ${how}`;
}

const fold = (text: string): string => text.toUpperCase().toLowerCase();

/** Which rules hold all words of a text, in the order asked for; what is said otherwise is last. */
export function found(rules: Rules, sort: Sort, text: string): number[] {
  const words = fold(text).split(/\s+/).filter(Boolean);
  const holds = (place: number) => {
    const asked = rules.full[place].join(' ') || 'otherwise';
    const line = fold(`${asked} ${answer(rules, place)}`);
    return words.every((word) => line.includes(word));
  };
  const places = rules.conditions.map((_, place) => place).filter(holds);
  if (sort === 'list') return places;
  const fit = rules.numbers ? rules.numbers.error.map((value) => -value) : rules.agreement;
  const by = sort === 'support' ? rules.support.map((value) => -value) : fit;
  const last = (place: number) => Number(rules.ordered && place === rules.size - 1);
  // what is not known comes after what is
  const key = (place: number) => (Number.isFinite(by[place]) ? by[place] : Number.MAX_VALUE);
  return places.sort((a, b) => last(a) - last(b) || key(a) - key(b) || a - b);
}
