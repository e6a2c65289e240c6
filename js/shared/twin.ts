import { h } from './dom';

/** A line: what it is of, and a value by model, the teacher's first; null where there is none. */
export interface Twin {
  name: string;
  /** What a row holds of it. */
  value?: string;
  values: (number | null)[];
  /** How far each may be wrong to either side. */
  errors?: (number | null)[];
  note?: string;
  warned?: boolean;
}

interface Twins {
  lines: Twin[];
  /** What the table is about, for who does not see it. */
  caption: string;
  /** What the names are. */
  head: string;
  /** Whose values there are; those of the teacher are drawn hollow. */
  whose: string[];
  write: (value: number) => string;
  /** What stands above the values, where that is not whose they are. */
  heads?: string[];
}

/** A table with two bars a line from a common 0: hollow for the teacher, filled for the student. */
export function twins({
  lines,
  caption,
  head,
  whose,
  write,
  heads = whose
}: Twins): HTMLTableElement {
  const ends = lines.flatMap(({ values, errors }) =>
    values.flatMap((value, k) => {
      const error = errors?.[k] ?? 0;
      return value === null ? [] : [value - error, value + error];
    })
  );
  const low = Math.min(0, ...ends);
  const high = Math.max(0, ...ends);
  const share = (value: number) => (100 * (value - low)) / (high - low || 1);
  const across = (from: number, to: number) => {
    const [start, end] = [share(Math.min(from, to)), share(Math.max(from, to))];
    return `left:${start.toFixed(2)}%;width:${(end - start).toFixed(2)}%`;
  };

  const bars = ({ values, errors }: Twin) => {
    const track = h('div', { class: 'track' });
    for (const [k, who] of whose.entries()) {
      const value = values[k];
      const lane = h('div', { class: 'lane' });
      if (value !== null) {
        lane.append(h('span', { class: `bar ${who}`, style: across(0, value) }));
        const error = errors?.[k];
        if (error) {
          lane.append(h('span', { class: 'error', style: across(value - error, value + error) }));
        }
      }
      track.append(lane);
    }
    track.append(h('span', { class: 'zero', style: `left:${share(0).toFixed(2)}%` }));
    return track;
  };

  const rows = lines.map((line) => {
    const name = h('span', { class: 'name', title: line.name }, line.name);
    const text = h('span', { class: 'text' }, name);
    const title = h('span', { class: 'line' }, text);
    if (line.value !== undefined) {
      text.append(h('span', { class: 'value', title: line.value }, ` ${line.value}`));
    }
    if (line.note) {
      const sign = line.warned ? [h('span', { 'aria-hidden': 'true' }, '▲ ')] : [];
      const look = line.warned ? 'tag warned' : 'tag';
      title.append(h('span', { class: look }, ...sign, line.note));
    }
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, title),
      h('td', { class: 'bars', 'aria-hidden': 'true' }, bars(line)),
      ...whose.map((_, k) => {
        const value = line.values[k];
        return h('td', { class: 'figure' }, value === null ? '–' : write(value));
      })
    );
  });
  return h(
    'table',
    { class: 'twins' },
    h('caption', { class: 'unseen' }, caption),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, head),
        h('td', { class: 'bars' }),
        ...heads.map((who) => h('th', { scope: 'col', class: 'figure' }, who))
      )
    ),
    h('tbody', {}, ...rows)
  );
}

/** Whose bars they are: the name of each model, or nothing but which of the two it is. */
export const twinLegend = (names: Record<string, string | null>): HTMLElement =>
  h(
    'p',
    { class: 'twin-legend' },
    ...Object.entries(names).flatMap(([who, name]) =>
      name === null
        ? []
        : [
            h(
              'span',
              { class: 'item' },
              h('i', { class: `key ${who}`, 'aria-hidden': 'true' }),
              h('span', {}, h('span', { class: 'dim' }, name ? `${who}: ` : who), name)
            )
          ]
    )
  );

/** +0.702, −1.4, 0: three digits and a sign, two of what is small. */
export function signed(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text =
    size >= 1000 && size < 1e15 ? size.toFixed(0) : String(+size.toPrecision(size < 0.01 ? 2 : 3));
  return `${value < 0 ? '\u2212' : '+'}${text}`;
}
