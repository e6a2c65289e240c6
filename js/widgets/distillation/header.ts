import { h } from '../../shared/dom';
import { count, percent, percents, some, temperature } from '../../shared/format';
import type { Shows } from './parts';

type Interval = [number | null, number | null, number | null];

export interface Finding {
  /** What it is, in a word or two. */
  code: string;
  severity: 'problem' | 'warning' | 'note';
  sentence: string;
  remedy: string;
  /** What was measured, as text. */
  figures: string;
}

export interface Summary {
  teacher: string;
  student: string;
  size: number | string;
  /** What the size counts, in the plural. */
  unit?: string;
  /** Null for a regression. */
  temperature: number | null;
  measure?: 'agreement' | 'R2';
  /** On held-out rows, share on which student and teacher agree, or R2: value, low, high. */
  fidelity: Interval;
  baselines: { name: string; fidelity: Interval }[];
  rows: number;
  classes: number;
  notes: string[];
  findings?: Finding[];
  /** Which view shows the student, and the size of its rung of the ladder. */
  shows?: Shows;
  chosen?: number;
  /** Rows where the two part; null where they are numbers, which hardly ever agree. */
  apart?: number | null;
}

/** Findings that are said above the student; all of them are under Trust. */
const MOST = 3;

/** Who was distilled into what, how faithfully, and what one should know about it. */
export function header(summary: Partial<Summary>, more: () => void): HTMLElement[] {
  const made: HTMLElement[] = [];
  if (summary.teacher) made.push(h('div', { class: 'top' }, title(summary), ...fidelity(summary)));
  if (summary.notes?.length) {
    const items = summary.notes.map((note) => h('li', {}, note));
    made.push(h('ul', { class: 'notes', 'aria-label': 'Notes' }, ...items));
  }
  if (summary.findings?.length) made.push(found(summary.findings, more));
  return made;
}

/** What was found, in a sentence each; what to do about it is under Trust. */
function found(findings: Finding[], more: () => void): HTMLElement {
  const items = findings.slice(0, MOST).map(finding);
  const left = findings.length - MOST;
  const rest = left > 0 ? `${left} more, and what to do` : 'What to do';
  const button = h('button', { type: 'button', class: 'button' }, rest);
  button.onclick = more;
  return h(
    'div',
    { class: 'notes findings' },
    h('ul', { 'aria-label': 'Findings' }, ...items),
    button
  );
}

function finding({ code, severity, sentence }: Finding): HTMLElement {
  return h(
    'li',
    { class: `is-${severity}` },
    h('span', { class: 'severity' }, severity),
    ' ',
    h('span', { class: 'code' }, code),
    ` ${sentence}`
  );
}

function title({ teacher, student, size, unit, temperature: t, rows, classes }: Partial<Summary>) {
  const facts = [
    typeof size === 'number' ? some(size, unit ?? 'leaves') : size,
    t ? `T = ${temperature(t)}` : undefined,
    rows ? `${count(rows)} rows` : undefined,
    classes ? `${count(classes)} classes` : undefined
  ].filter((fact) => fact);
  return h(
    'div',
    { class: 'title' },
    h(
      'p',
      { class: 'names' },
      h('span', {}, teacher ?? ''),
      h('span', { class: 'dim', 'aria-label': 'distilled into' }, ' → '),
      h('span', {}, student ?? '')
    ),
    h('p', { class: 'dim' }, facts.join(' · '))
  );
}

/** "-0.000" -> "0.000" */
const unsigned = (text: string): string => (Number(text) === 0 ? text.replace('-', '') : text);

/** The interval of the student beside those of the baselines, on one scale. */
function fidelity({ fidelity: own, baselines = [], measure }: Partial<Summary>): HTMLElement[] {
  if (!own || own.length < 3 || own.includes(null)) return [];
  const numbers = measure === 'R2';
  const write = (value: number) => (numbers ? unsigned(value.toFixed(3)) : percent(value));
  const lines = [
    { name: 'this student', fidelity: own, main: true },
    ...baselines.map((baseline) => ({ ...baseline, main: false }))
  ];
  const least = Math.min(...lines.flatMap((line) => line.fidelity.map((value) => value ?? 0)));
  const start = Math.max(0, Math.floor(least * 10 - 0.5) / 10);
  // R2 may lie below 0, where this scale begins
  const at = (value: number) =>
    `${((100 * (Math.max(value, start) - start)) / (1 - start || 1)).toFixed(2)}%`;
  const items = lines.map(({ name, fidelity: interval, main }) => {
    const [value, low, high] = interval.map((end) => end ?? 0);
    return h(
      'li',
      { class: main ? 'main' : '' },
      h('span', { class: 'name', title: name }, name),
      h(
        'span',
        { class: 'range', 'aria-hidden': 'true' },
        h('span', { class: 'span', style: `left:${at(low)};right:calc(100% - ${at(high)})` }),
        h('span', { class: 'dot', style: `left:${at(value)}` })
      ),
      h('span', { class: 'figure' }, write(value))
    );
  });
  const [value, low, high] = own as [number, number, number];
  const span = numbers ? `${write(low)} to ${write(high)}` : percents(low, high);
  return [
    h(
      'div',
      { class: 'score' },
      h('span', { class: 'large' }, write(value)),
      h('span', {}, numbers ? 'R² to the teacher, held out' : 'fidelity, held out'),
      h('span', { class: 'dim' }, span)
    ),
    h(
      'div',
      { class: 'compare' },
      h('ul', { 'aria-label': 'Fidelity beside baselines' }, ...items),
      h(
        'div',
        { class: 'scale dim', 'aria-hidden': 'true' },
        h('span', {}, numbers ? start.toFixed(1) : percent(start, 0)),
        h('span', {}, numbers ? '1' : percent(1))
      )
    )
  ];
}
