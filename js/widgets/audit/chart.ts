import { h, KEYS, listen, stepOf } from '../../shared/dom';
import { percent } from '../../shared/format';
import { signed, type Twin, twinLegend, twins } from '../../shared/twin';
import type { Reasons } from './data';

interface Shown {
  reasons: Reasons;
  /** Place of the chosen row among those explained; -1: the mean of all. */
  row: number;
  /** The score that is explained; -1: all, and of a row that which the teacher decides by. */
  output: number;
}

const DOES: Record<string, string> = { shap: 'what each column adds to the' };
const LOCAL = 'what one standard deviation more, or being so, adds to the';

/** Bars of both models per column, with a line below that tells the one looked at. */
export function chart({ reasons, row, output }: Shown, signal: AbortSignal): HTMLElement[] {
  const { columns, whose } = reasons;
  const mean = row < 0;
  const score = mean ? output : output < 0 ? reasons.decided[row] : output;
  const sums = whose.map((_, k) =>
    columns.reduce(
      (sum, _name, j) => sum + (mean ? 0 : Math.abs(reasons.value(k, row, j, score))),
      0
    )
  );
  const value = (k: number, j: number) =>
    mean ? reasons.share(k, j, score) : reasons.value(k, row, j, score);
  const part = (k: number, j: number) =>
    mean ? value(k, j) : sums[k] > 0 ? Math.abs(value(k, j)) / sums[k] : 0;
  const lines: Twin[] = columns.map((name, j) => ({
    name,
    value: mean ? undefined : `= ${reasons.cell(row, j)}`,
    values: whose.map((_, k) => value(k, j)),
    errors: mean ? undefined : whose.map((_, k) => reasons.error(k, row, j, score)),
    note: reasons.ignored[j] ? 'ignored' : reasons.used[j] ? undefined : 'not used',
    warned: reasons.ignored[j]
  }));
  const of = score < 0 ? '' : `, ${reasons.words[score]}`;
  const title = mean
    ? `Share of each column in the reasons of ${reasons.rows.length} rows: ${reasons.size}${of}`
    : `Row ${reasons.labels[row]}: ${DOES[reasons.method] ?? LOCAL} ${reasons.words[score]}`;
  const table = twins({
    lines,
    caption: title,
    head: 'column',
    whose,
    write: mean ? percent : signed
  });

  const tell = (j: number): string => {
    const told = whose.map((who, k) => {
      const share = percent(part(k, j));
      return mean
        ? `${share} of the ${who}’s reasons`
        : `${signed(value(k, j))} in the ${who} (${share} of its reasons)`;
    });
    const held = mean ? '' : ` = ${reasons.cell(row, j)}`;
    const note = reasons.ignored[j]
      ? ' The student does not use it, and the teacher does.'
      : reasons.used[j]
        ? ''
        : ' The student does not use it.';
    return `${columns[j]}${held}: ${told.join(', ')}.${note}`;
  };

  const strip = h('p', { class: 'told' });
  const rows = [...table.querySelectorAll<HTMLElement>('tbody tr')];
  let at = 0;
  const show = (j: number) => {
    for (const [k, line] of rows.entries()) line.classList.toggle('over', k === j);
    strip.textContent = j < 0 ? hint(reasons, mean) : tell(j);
    strip.classList.toggle('dim', j < 0);
  };
  const index = (event: Event): number =>
    rows.findIndex((line) => event.composedPath().includes(line));
  rows.forEach((line, j) => {
    line.tabIndex = j === at ? 0 : -1;
    line.setAttribute('data-lm-suppress-shortcuts', KEYS['data-lm-suppress-shortcuts']);
  });
  listen(table, signal, {
    pointerover: (event) => show(index(event)),
    pointerleave: () => show(-1),
    focusin: (event) => show(index(event)),
    focusout: () => show(-1),
    keydown: (event) => {
      const next = stepOf(event, {
        ArrowDown: at + 1,
        ArrowUp: at - 1,
        Home: 0,
        End: rows.length - 1
      });
      if (next === undefined || !rows[next]) return;
      rows[at].tabIndex = -1;
      at = next;
      rows[at].tabIndex = 0;
      rows[at].focus();
    }
  });
  show(-1);
  return [
    h('h2', {}, title),
    twinLegend({ teacher: reasons.teacher, student: reasons.student }),
    table,
    strip
  ];
}

function hint(reasons: Reasons, mean: boolean): string {
  const errors = !mean && reasons.whose.some((_, k) => reasons.error(k, 0, 0, 0) !== null);
  const lines = errors ? ' Thin lines: one standard error to either side.' : '';
  return `Point at a column, or walk through them by the arrow keys.${lines}`;
}
