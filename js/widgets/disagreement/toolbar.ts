import { attr, h, KEYS, listen } from '../../shared/dom';
import { count, some } from '../../shared/format';
import type { Pair, Question, Scope, Source, Value } from './types';

const WORDS = 'Any two answers';

/** How many rows there are of how many, in words. */
export function countLine(
  source: Source,
  question: Question,
  rows: number | null,
  numbers: boolean
) {
  const parted = question.scope === 'disagreements' && !numbers;
  const whole = source.rows ?? rows;
  const what = parted ? 'where they part' : '';
  const unit = source.all === 1 && source.total === 1 ? 'row' : 'rows';
  const cut = source.total === source.all ? '' : ` of ${count(source.all)}`;
  const line = `${count(source.total)}${cut} ${unit} ${what}`.trim();
  const { held } = source;
  const holdsAll = !held || held[0] === held[1];
  const silent = [
    ...(source.beyond ? ['all rows need it'] : []),
    ...(holdsAll ? [] : [`of ${count(held[1])} rows these ${count(held[0])} are here`])
  ].join(', and ');
  if (source.silent && silent) return `${line}. The kernel has not answered: ${silent}`;
  if (holdsAll) return parted && whole !== null ? `${line}, of ${count(whole)}` : line;
  // what the page leaves out may part too: no share of all rows can be said
  return `${line} on this page, which holds the first ${count(held[0])} of ${count(held[1])}`;
}

export function scopeToggle(
  first: Scope,
  apart: string,
  act: (scope: Scope) => void,
  signal: AbortSignal
) {
  const words: [Scope, string][] = [
    ['disagreements', apart],
    ['all', 'All rows']
  ];
  const buttons = words.map(([scope, word]) => {
    const pressed = String(scope === first);
    const made = h(
      'button',
      { type: 'button', class: 'button', 'aria-pressed': pressed, ...KEYS },
      word
    );
    listen(made, signal, {
      click: () => {
        choose(scope);
        act(scope);
      }
    });
    return made;
  });
  const choose = (scope: Scope) => {
    for (const [i, made] of buttons.entries()) {
      attr(made, { 'aria-pressed': String(words[i][0] === scope) });
    }
  };
  const named = { class: 'scopes', role: 'group', 'aria-label': 'Rows shown' };
  return { element: h('div', named, ...buttons), choose };
}

/** The class pairs among the disagreements, most often met first, to keep one of. */
export class PairChoice {
  readonly element = h('select', {
    class: 'button pairs',
    'aria-label': 'Teacher says, student says',
    ...KEYS
  });
  #pairs: Pair[] = [];

  constructor(act: (pair: Pair | null) => void, signal: AbortSignal) {
    listen(this.element, signal, {
      change: () => act(this.#pairs[Number(this.element.value)] ?? null)
    });
  }

  show(pairs: Pair[], chosen: [Value, Value] | null): void {
    this.#pairs = pairs;
    this.element.hidden = pairs.length < 2;
    const options = pairs.map(({ teacher, student, rows }, i) =>
      h('option', { value: i }, `teacher ${teacher}, student ${student} (${some(rows, 'rows')})`)
    );
    this.element.replaceChildren(h('option', { value: -1 }, WORDS), ...options);
    this.choose(chosen);
  }

  choose(chosen: [Value, Value] | null): void {
    const at = this.#pairs.findIndex(
      ({ teacher, student }) => teacher === chosen?.[0] && student === chosen?.[1]
    );
    this.element.value = String(at);
  }
}
