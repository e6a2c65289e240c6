import { h, KEYS } from '../../shared/dom';
import { some } from '../../shared/format';

export interface Finding {
  code: string;
  severity: string;
  sentence: string;
  remedy: string;
  table: { columns: string[]; rows: string[][]; more: number };
}

const SIGNS: Record<string, string> = { problem: '✖', warning: '▲', note: '●' };

/** What a person should know, what matters most first; each opens on what was measured. */
export function findings(found: Finding[], nothing: string): HTMLElement {
  if (!found.length) return h('p', { class: 'empty' }, nothing);
  return h('ul', { class: 'findings' }, ...found.map((one) => h('li', {}, finding(one))));
}

function finding({ code, severity, sentence, remedy, table }: Finding): HTMLElement {
  const head = (text: string) => h('th', { scope: 'col' }, text);
  const more = table.more ? [h('p', { class: 'dim' }, `and ${some(table.more, 'rows')} more`)] : [];
  return h(
    'details',
    { class: `finding is-${severity}` },
    h(
      'summary',
      { ...KEYS },
      h(
        'span',
        { class: 'severity' },
        h('span', { 'aria-hidden': 'true' }, `${SIGNS[severity] ?? ''} `),
        severity
      ),
      h(
        'span',
        { class: 'words' },
        sentence,
        ' ',
        h('span', { class: 'remedy' }, remedy),
        ' ',
        h('span', { class: 'dim code' }, code)
      )
    ),
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': `What was measured: ${code}` },
      h(
        'table',
        { class: 'plain' },
        h('thead', {}, h('tr', {}, ...table.columns.map(head))),
        h(
          'tbody',
          {},
          ...table.rows.map((row) => h('tr', {}, ...row.map((cell) => h('td', {}, cell))))
        )
      ),
      ...more
    )
  );
}
