import { h, swatch } from '../../shared/dom';
import { percent } from '../../shared/format';
import { twinLegend, twins } from '../../shared/twin';
import type { Account } from './types';

/** More classes than this are cut to the likeliest. */
const MOST = 8;

/** What both models say: the answer in large, and the whole distribution of each. */
export function says(one: Account): HTMLElement[] {
  const { student, teacher } = one;
  const facts: (Node | string)[] = [];
  if (teacher) facts.push('The teacher says ', h('b', {}, teacher.text), '. ');
  else facts.push(`What the teacher says is not known: ${one.teacher_note}. `);
  if (one.truth !== null) facts.push('True is ', h('b', {}, one.truth), '.');
  const parts = one.agrees === false ? [h('span', { class: 'tag warned' }, '▲ they part')] : [];
  const mark = student.classes.length ? [swatch(student.classes.indexOf(student.answer)), ' '] : [];
  return [
    h('p', { class: 'big' }, ...mark, student.text, ' ', ...parts),
    h('p', {}, ...facts, h('span', { class: 'dim' }, ` ${one.who}.`))
  ];
}

export function distributions(one: Account): HTMLElement | null {
  const { student, teacher } = one;
  if (!student.classes.length) return null;
  const weight = (j: number) => student.shares[j] + (teacher?.shares[j] ?? 0);
  let shown = student.classes.map((_, j) => j);
  if (shown.length > MOST) shown = shown.sort((a, b) => weight(b) - weight(a)).slice(0, MOST);
  const more = student.classes.length - shown.length;
  const table = twins({
    lines: shown.map((j) => ({
      name: student.classes[j],
      values: teacher ? [teacher.shares[j], student.shares[j]] : [student.shares[j]]
    })),
    caption: 'The probability of each class',
    head: 'class',
    whose: teacher ? ['teacher', 'student'] : ['student'],
    write: percent
  });
  return h(
    'section',
    { class: 'card' },
    h('h3', {}, 'What both say'),
    twinLegend({ teacher: teacher ? '' : null, student: '' }),
    table,
    ...(more ? [h('p', { class: 'dim' }, `and ${more} less likely classes`)] : [])
  );
}
