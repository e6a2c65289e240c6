import { attr, h, isPlain, KEYS, listen } from '../../shared/dom';
import { onResize } from '../../shared/schedule';
import { detail } from './card';
import { NARROW, type Plot, plot } from './plot';
import type { State } from './state';
import { step } from './walk';

/** The pointer means the nearest point within this many pixels. */
const NEAR = 26;

/** The plot with the card of one rung; `adopt` is told of a rung that was pressed. */
export function makeStage(state: State, adopt: (index: number) => void, signal: AbortSignal) {
  const element = h('div', { class: 'stage', ...KEYS });
  const card = h('div', { class: 'hover', role: 'presentation', hidden: true });
  const axis = h('p', { class: 'dim axis', 'aria-hidden': 'true' });
  const frame = h('div', { class: 'frame' }, element, axis, card);
  let drawn: Plot | null = null;
  let tab = -1;
  /** The rung whose card is open, and whether it stays when the pointer leaves. */
  let open = -1;
  let pinned = false;
  let width = 0;

  const draw = () => {
    if (!state.rungs || !width) return;
    const { rungs, chosen, measure } = state;
    const active = (element.getRootNode() as ShadowRoot).activeElement;
    const focused = drawn?.points.some((point) => point === active);
    if (!rungs.all[tab]) tab = Math.max(chosen, 0);
    drawn = plot({ rungs, measure, chosen, tab }, width, element);
    element.replaceChildren(drawn.svg);
    axis.textContent = rungs.across;
    axis.style.paddingRight = `${Math.round(width - drawn.right)}px`;
    mark();
    if (focused) drawn.points[tab]?.focus();
    if (open >= 0) show(open, pinned);
  };
  /** The rung that was asked for looks so. */
  const mark = () =>
    drawn?.points.forEach((point, k) => {
      point.classList.toggle('pending', k === state.pending);
    });
  const leave = () => {
    for (const path of element.querySelectorAll('.over')) path.classList.remove('over');
  };
  const show = (index: number, stay = false) => {
    const at = drawn?.places[index];
    if (!state.rungs || !at || !Number.isFinite(at[1])) return;
    open = index;
    pinned = stay;
    leave();
    drawn?.points[index].classList.add('over');
    element.querySelector(`[data-of="${index}"]`)?.classList.add('over');
    const rung = state.rungs.all[index];
    card.replaceChildren(...detail(state.rungs, rung, index === state.chosen, state.hint(index)));
    card.hidden = false;
    const { offsetWidth: wide, offsetHeight: tall } = card;
    const room = element.clientWidth;
    card.classList.toggle('below', room < NARROW);
    if (room < NARROW) return;
    let x = at[0] + 18;
    const y = Math.max(0, at[1] - tall / 2);
    if (x + wide > room) x = at[0] - 18 - wide;
    if (x < 0) x = Math.max(0, room - wide);
    card.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  };
  const hide = () => {
    open = -1;
    pinned = false;
    card.hidden = true;
    leave();
  };

  const nearest = (event: MouseEvent): number => {
    const box = element.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let [best, least] = [-1, NEAR];
    drawn?.places.forEach(([a, b], index) => {
      const away = Math.hypot(a - x, b - y);
      if (away < least) [best, least] = [index, away];
    });
    return best;
  };
  /** The rung whose own mark an event is on; -1 for none. */
  const own = ({ target }: Event) => {
    const point = (target as Element).closest?.<SVGElement>('[data-rung]');
    return point ? Number(point.dataset.rung) : -1;
  };
  const press = (index: number) => {
    show(index, true);
    adopt(index);
  };
  const reach = (index: number) => {
    if (!drawn) return;
    attr(drawn.points[tab], { tabindex: -1 });
    tab = index;
    attr(drawn.points[tab], { tabindex: 0 });
    drawn.points[tab].focus();
    show(tab);
  };

  const key = (event: KeyboardEvent) => {
    if (!state.rungs || !isPlain(event)) return;
    if (event.key === 'Enter' || event.key === ' ') press(tab);
    else if (event.key === 'Escape') hide();
    else {
      const next = step(state.rungs, state.measure, tab, event.key);
      if (next === null) return;
      reach(next);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const move = (event: PointerEvent) => {
    if (event.pointerType === 'touch') return;
    const index = nearest(event);
    element.classList.toggle('near', index >= 0);
    if (index >= 0 && index !== open) show(index);
    else if (index < 0 && open >= 0 && !pinned) hide();
  };
  const click = (event: MouseEvent) => {
    const near = nearest(event);
    const index = near >= 0 ? near : own(event);
    if (index < 0) return hide();
    reach(index);
    press(index);
  };
  const focus = (event: FocusEvent) => {
    const index = own(event);
    const seen = (event.target as Element).closest?.('[data-rung]')?.matches(':focus-visible');
    if (seen && index !== open) show(index);
  };
  listen(element, signal, {
    keydown: key,
    pointermove: move,
    pointerleave: () => pinned || hide(),
    click,
    focusin: focus,
    focusout: hide
  });
  const fit = () => {
    const now = element.clientWidth;
    if (!now || now === width) return;
    width = now;
    draw();
  };
  onResize(element, fit, signal);

  return {
    element,
    frame,
    draw,
    mark,
    /** Another ladder: drawn at once, in a usual width where the page has given none yet. */
    load(): void {
      width = element.clientWidth || width || 640;
      draw();
    }
  };
}
