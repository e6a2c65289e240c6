import { h, s } from '../../shared/dom';
import { count, temperature } from '../../shared/format';
import { ink, shape } from './plot';
import { type Rung, type Rungs, said } from './rungs';

/** The mark of a family as it stands in the plot. */
function mark(family: number, filled = false): SVGElement {
  return s(
    'svg',
    { class: 'mark', width: 14, height: 14, viewBox: '-7 -7 14 14', 'aria-hidden': 'true' },
    s('path', {
      d: shape(family, 4.5),
      stroke: ink(family),
      'stroke-width': 1.75,
      fill: filled ? ink(family) : 'none'
    })
  );
}

/** What is known of a rung; `hint` says what a click does. */
export function detail(rungs: Rungs, rung: Rung, chosen: boolean, hint: string): HTMLElement[] {
  const line = (name: string, text: string, more = '') =>
    h('div', { class: more }, h('dt', {}, name), h('dd', {}, text));
  const marks = [chosen ? 'chosen' : '', rung.knee ? 'knee' : ''].filter(Boolean).join(', ');
  const title = h('p', { class: 'title' }, mark(rung.family, rung.knee), rung.title);
  if (marks) title.append(h('span', { class: 'dim' }, marks));
  const figures = rungs.measures.map((m) => line(m.short, said(m, m.values[rung.index])));
  const facts = [
    line('family, size', `${rungs.families[rung.family]}, ${count(rung.size)}`),
    line('to read', rung.counts),
    ...figures
  ];
  if (Number.isFinite(rung.temperature)) {
    facts.push(line('learnt at', `T = ${temperature(rung.temperature)}`));
  }
  facts.push(
    rung.dense
      ? line('density', `too dense to read: ${rung.dense}`, 'warn')
      : line('density', 'readable')
  );
  const parts: HTMLElement[] = [title, h('dl', {}, ...facts)];
  if (hint) parts.push(h('p', { class: 'dim hint' }, hint));
  return parts;
}
