/** Filters as a person would say them. */
import { number } from '../../shared/format';
import { isNumeric } from './filter';
import type { Column, Filter, Question, Value } from './types';

const NAMED = 4;

/** Something that narrows the rows, in words, and how to take it away. */
interface Narrowing {
  text: string;
  without: Partial<Question>;
}

const written = (value: Value): string =>
  value === null ? 'missing' : typeof value === 'number' ? number(value) : String(value);

function listed(values: Value[]): string {
  const names = values.slice(0, values.length > NAMED ? NAMED - 1 : NAMED).map(written);
  const rest = values.length - names.length;
  if (rest) return `${names.join(', ')} or one of ${rest} more`;
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

export function inWords({ title, ...column }: Column, filters: Filter[]): string {
  const parts = filters.map(({ op, value }) => {
    if (Array.isArray(value)) return `is ${listed(value)}`;
    const text = written(value);
    if (op === '>=') return `at least ${text}`;
    if (op === '<=') return `at most ${text}`;
    if (op === 'is') return `is ${text}`;
    return isNumeric({ title, ...column }) ? `begins with ${text}` : `contains “${text}”`;
  });
  return `${title} ${parts.join(' and ')}`;
}

/** All that narrows the rows by what they hold: one entry for each column, one for the text. */
export function narrowings(columns: Column[], { filters, text }: Question): Narrowing[] {
  const of = (name: string) => filters.filter((filter) => filter.column === name);
  const but = (...names: string[]) => ({
    filters: filters.filter((filter) => !names.includes(filter.column))
  });
  const found: Narrowing[] = [];
  const pair = pairOf(filters);
  if (pair) {
    const [teacher, student] = pair.map((one) => written(one));
    found.push({
      text: `teacher says ${teacher}, student ${student}`,
      without: but('teacher', 'student')
    });
  }
  for (const column of columns) {
    if (pair && (column.name === 'teacher' || column.name === 'student')) continue;
    const own = of(column.name).filter(({ value }) => value !== '');
    if (own.length) found.push({ text: inWords(column, own), without: but(column.name) });
  }
  if (text.trim()) found.push({ text: `any column holds “${text.trim()}”`, without: { text: '' } });
  return found;
}

/** The two answers that are asked for, if exactly one of each is. */
export function pairOf(filters: Filter[]): [Value, Value] | null {
  const one = (name: string) => {
    const own = filters.filter((filter) => filter.column === name);
    return own.length === 1 && own[0].op === 'is' && !Array.isArray(own[0].value)
      ? own[0].value
      : undefined;
  };
  const [teacher, student] = [one('teacher'), one('student')];
  return teacher === undefined || student === undefined ? null : [teacher, student];
}
