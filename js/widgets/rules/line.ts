import { colour, h, s, swatch } from '../../shared/dom';
import { count, percent } from '../../shared/format';
import { answer, type Decided, named, type Rules, written } from './list';

/** Shares of a bar that are too small to be seen. */
const LEAST = 0.002;
type Who = 'teacher' | 'student';
export const BOTH: Who[] = ['teacher', 'student'];

/** One rule: number, what it asks, what it says, both mixes, rows and agreement. */
export function line(rules: Rules, place: number): HTMLElement {
  const cell = (name: string, ...inside: (Node | string)[]) =>
    h('div', { role: 'gridcell', class: name }, ...inside);
  const best = named(rules, place);
  const share = rules.total > 0 ? rules.support[place] / rules.total : Number.NaN;
  const says = h('span', { class: 'answer' }, answer(rules, place));
  return h(
    'div',
    { role: 'row', class: 'line', tabindex: -1, 'aria-selected': 'false' },
    cell('no', String(place + 1)),
    cell('asked', ...asked(rules, place, null)),
    cell(
      'says',
      h('span', { class: 'dim then' }, 'then '),
      ...(best < 0 ? [] : [swatch(best)]),
      says
    ),
    cell('mix', mix(rules, place)),
    cell('rows', unit(count(rules.support[place]), 'rows'), small(percent(share))),
    cell('fit', ...fitness(rules, place))
  );
}

const small = (text: string): HTMLElement => h('span', { class: 'dim small' }, text);

/** A figure whose unit stands in the head of the column, and beside it where that is hidden. */
const unit = (text: string, name: string): HTMLElement =>
  h('span', {}, text, h('span', { class: 'unit' }, ` ${name}`));

/** How well the rule fits the teacher, on how many rows. */
export function fitness(rules: Rules, place: number): HTMLElement[] {
  const { numbers, agreement, support } = rules;
  if (numbers) return [unit(written(rules, numbers.error[place]), 'error')];
  const share = unit(percent(agreement[place]), 'agreement');
  if (!Number.isFinite(agreement[place])) return [share];
  const of = `${count(Math.round(agreement[place] * support[place]))} of ${count(support[place])}`;
  return [share, small(of)];
}

/** The conditions, and what a chosen row has where they hold or fail. */
export function asked(rules: Rules, place: number, row: Decided | null): (Node | string)[] {
  const texts = rules.conditions[place];
  const word = (text: string) => h('span', { class: 'dim' }, text);
  if (!texts.length) return [rules.ordered && place ? 'otherwise' : 'any row'];
  const tests = new Map(
    row?.tests.filter(([of]) => of === place).map(([, which, said]) => [which, said])
  );
  const fails = row !== null && row.rule !== place;
  const parts: (Node | string)[] = [word('if ')];
  texts.forEach((text, which) => {
    if (which) parts.push(word(' and '));
    const said = tests.get(which);
    if (said === undefined) parts.push(text);
    else if (fails) {
      parts.push(h('s', {}, text), h('span', { class: 'why fails' }, ` ✗ ${said}`));
    } else parts.push(text, h('span', { class: 'why' }, ` ✓ ${said}`));
  });
  return parts;
}

function mix(rules: Rules, place: number): HTMLElement {
  const group = h('div', { class: 'pair', role: 'img', 'aria-label': spoken(rules, place) });
  for (const who of BOTH) {
    group.append(
      h('span', { class: 'who' }, who),
      rules.numbers ? numberLine(rules, who, place) : bar(rules, who, place),
      h('span', { class: 'figure' }, figure(rules, who, place))
    );
  }
  return group;
}

/** What the teacher, or the student, gives to the class that the rule names. */
function figure(rules: Rules, who: Who, place: number): string {
  if (rules.numbers) return written(rules, rules[who][place]);
  return percent(rules[who][place * rules.classes.length + named(rules, place)]);
}

/** The classes from left to right; the one that the rule names is tall. */
function bar(rules: Rules, who: Who, place: number): HTMLElement {
  const k = rules.classes.length;
  const best = named(rules, place);
  const track = h('span', { class: 'bar' });
  for (let j = 0; j < k; j++) {
    const share = rules[who][place * k + j];
    if (!(share >= LEAST)) continue;
    const look = `flex-grow:${share};background:${colour(j)}`;
    track.append(h('span', { style: look, ...(j === best ? { class: 'named' } : {}) }));
  }
  return track;
}

/** A mark on the line of all numbers: hollow the teacher's, filled the rule's with its error. */
function numberLine(rules: Rules, who: Who, place: number): SVGSVGElement {
  const { axis, error } = rules.numbers as NonNullable<Rules['numbers']>;
  const [low, high] = axis;
  const at = (value: number) =>
    `${(3 + 94 * Math.max(0, Math.min(1, (value - low) / (high - low)))).toFixed(2)}%`;
  const value = rules[who][place];
  const line = s('svg', { class: `numbers ${who}`, height: 12, 'aria-hidden': 'true' });
  line.append(s('line', { class: 'axis', x1: '3%', x2: '97%', y1: 6, y2: 6 }));
  if (!Number.isFinite(value)) return line;
  if (who === 'student' && Number.isFinite(error[place])) {
    const [a, b] = [at(value - error[place]), at(value + error[place])];
    line.append(
      s('line', { class: 'error', x1: a, x2: b, y1: 6, y2: 6 }),
      s('line', { class: 'error', x1: a, x2: a, y1: 3, y2: 9 }),
      s('line', { class: 'error', x1: b, x2: b, y1: 3, y2: 9 })
    );
  }
  line.append(
    who === 'student'
      ? s('circle', { class: 'mark', cx: at(value), cy: 6, r: 4 })
      : s(
          'svg',
          { x: at(value), y: 6, overflow: 'visible' },
          s('path', { class: 'mark', d: 'M-4.5 0L0 -4.5L4.5 0L0 4.5z' })
        )
  );
  return line;
}

/** The numbers behind the bars. */
export function spoken(rules: Rules, place: number): string {
  const k = rules.classes.length;
  if (rules.numbers) {
    const [teacher, student] = BOTH.map((who) => written(rules, rules[who][place]));
    return `teacher ${teacher} on average, student ${student}`;
  }
  return BOTH.map(
    (who) =>
      `${who}: ${rules.classes.map((name, j) => `${name} ${percent(rules[who][place * k + j])}`).join(', ')}`
  ).join('; ');
}
