import { actOn, attr, h, isPlain, KEYS, listen } from '../../shared/dom';
import type { Choice } from './choice';
import { heads, room } from './heads';
import { asked, line } from './line';
import type { Rules } from './list';
import { Lines } from './window';

/** Lines that PageUp and PageDown pass over. */
const PAGE = 10;

/** The rules as a grid to walk through and to choose from. */
export function makeGrid(rules: Rules, choice: Choice, signal: AbortSignal) {
  const lines = new Map<number, HTMLElement>();
  let shown: number[] = [];
  let tab = choice.rule ?? 0;
  const element = h(
    'div',
    {
      role: 'grid',
      class: 'grid',
      style: room(rules),
      'aria-label': 'Rules of the student',
      ...KEYS
    },
    heads(rules)
  );
  const lineOf = (place: number, index: number): HTMLElement => {
    let made = lines.get(place);
    if (!made) {
      made = line(rules, place);
      made.dataset.place = String(place);
      lines.set(place, made);
      markRow(made, place);
      markRule(made, place);
    }
    attr(made, { 'aria-rowindex': index + 2, tabindex: place === tab ? 0 : -1 });
    return made;
  };
  // a line that is out of sight and not there leaves the tab stop to the list
  const drawn = () => attr(element, { tabindex: lines.get(tab)?.isConnected === false ? 0 : -1 });
  const list = new Lines(element, lineOf, drawn, signal);
  element.append(list.body);

  /** What the row meets in a rule; those after the one that decides are not asked. */
  const markRow = (made: HTMLElement, place: number) => {
    const row = choice.decided;
    const cell = made.querySelector('.asked') as HTMLElement;
    cell.replaceChildren(...asked(rules, place, row));
    const decides = row?.rule === place;
    made.classList.toggle('decides', decides);
    made.classList.toggle('unasked', row !== null && rules.ordered && place > row.rule);
    if (decides) cell.append(h('span', { class: 'verdict' }, `decides row ${row.row}`));
  };
  const markRule = (made: HTMLElement, place: number) =>
    attr(made, { 'aria-selected': String(place === choice.rule) });

  const moveTab = (place: number) => {
    lines.get(tab)?.setAttribute('tabindex', '-1');
    tab = place;
    lines.get(tab)?.setAttribute('tabindex', '0');
  };
  const focus = (place: number) => {
    moveTab(place);
    lines.get(place)?.focus({ preventScroll: true });
  };
  const walk = (index: number) => {
    const place = shown[Math.max(0, Math.min(index, shown.length - 1))];
    if (place === undefined) return;
    moveTab(place);
    list.reach(place);
    focus(place);
  };
  const key = (event: KeyboardEvent) => {
    if (!isPlain(event)) return;
    const at = shown.indexOf(tab);
    actOn(event, {
      ArrowDown: () => walk(at + 1),
      ArrowUp: () => walk(at - 1),
      PageDown: () => walk(at + PAGE),
      PageUp: () => walk(at - PAGE),
      Home: () => walk(0),
      End: () => walk(shown.length - 1),
      Enter: () => choice.choose(tab),
      ' ': () => choice.choose(tab),
      Escape: () => choice.choose(null)
    });
  };
  const click = (event: MouseEvent) => {
    const made = (event.target as Element).closest<HTMLElement>('.line');
    // marking text with the pointer chooses nothing
    if (!made || String(globalThis.getSelection?.() ?? '')) return;
    const at = Number(made.dataset.place);
    focus(at);
    choice.choose(at);
  };
  listen(element, signal, { keydown: key });
  listen(list.body, signal, { click });

  const reach = (place: number) => {
    if (shown.includes(place)) list.reach(place);
  };
  return {
    element,
    reach,
    markRow: () => lines.forEach(markRow),
    markRule: () => lines.forEach(markRule),
    /** Shows rules in this order, from the first. */
    show(order: number[]): void {
      shown = order;
      attr(element, { 'aria-rowcount': order.length + 1 });
      element.hidden = !order.length;
      if (!order.includes(tab)) moveTab(order[0] ?? 0);
      element.scrollTop = 0;
      list.show(order);
    },
    /** Tab leads to a rule from now on, and it is in sight. */
    goTo(place: number): void {
      if (!shown.includes(place)) return;
      moveTab(place);
      list.reach(place);
    },
    /** As it is first seen. */
    open: () => list.reach(choice.decided?.rule ?? tab)
  };
}
