import type { Column, Filter, Pair, Query, Question, Source } from './types';
import { pairOf } from './words';

/** What is asked of the rows, and who answers. */
export class Asking {
  source: Source | null = null;
  /** Whether what is asked is new: then its answer begins with the first row. */
  fromTop = true;

  constructor(
    readonly question: Question,
    /** Told of every question before it is asked. */
    readonly asked: () => void
  ) {}

  ask(patch: Partial<Question>): void {
    Object.assign(this.question, patch);
    this.fromTop = true;
    this.asked();
    this.source?.ask({ ...this.question });
  }

  filter = ({ name }: Column, filters: Filter[]): void =>
    this.ask({ filters: [...this.#without(name), ...filters] });

  /** Keeps the rows of two answers, or lets go of them. */
  keep(pair: Pair | null): void {
    const others = this.#without('teacher', 'student');
    const both = (['teacher', 'student'] as const).map(
      (column): Filter => ({ column, op: 'is', value: pair ? pair[column] : '' })
    );
    this.ask({ filters: pair ? [...others, ...both] : others });
  }

  get pair() {
    return pairOf(this.question.filters);
  }

  #without = (...names: string[]): Filter[] =>
    this.question.filters.filter(({ column }) => !names.includes(column));
}

/** What a query asks: where it says nothing, what is asked by default. */
export function questionOf(query: Partial<Query> | undefined): Question {
  const { sort = null, filters = [], text = '', scope = 'disagreements' } = query ?? {};
  return { sort, filters, text, scope };
}

/** Whether two questions are one. */
export const same = ({ sort, filters, text, scope }: Question, other: Question): boolean =>
  JSON.stringify([sort, filters, text, scope]) ===
  JSON.stringify([other.sort, other.filters, other.text, other.scope]);
