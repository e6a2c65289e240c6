import { attr, h, KEYS, s } from '../shared/dom';
import { type CommonModel, Traits } from '../shared/model';
import { frame } from '../shared/schedule';
import { defineView, guarded, type Mount, sheet } from '../shared/view';
import { detail } from './ladder/card';
import { NARROW, type Plot, plot } from './ladder/plot';
import {
  decodeRungs,
  inWords,
  type Measure,
  type Rungs,
  type RungsPayload,
  said
} from './ladder/rungs';
import { step } from './ladder/walk';
import css from './ladder.css';

export interface LadderModel extends CommonModel {
  // data
  rungs: Partial<RungsPayload>;
  busy: boolean;
  // view state
  family: string;
  size: number;
  measure: string;
  // intent
  adopt: { family?: string; size?: number };
}

/** The pointer means the nearest point within this many pixels. */
const NEAR = 26;

/** Fidelity against size of every family; a click adopts a rung. */
export const mount: Mount = (model, host, signal) => {
  const traits = new Traits<LadderModel>(model, signal);
  host.classList.add('ladder-view');
  const place = h('div');
  host.append(sheet(css), place);

  const select = h('select', { ...KEYS });
  const better = h('span', { class: 'dim' });
  const words = h('p', { class: 'aloud', id: 'words' });
  const stage = h('div', { class: 'stage', ...KEYS });
  const card = h('div', { class: 'hover', role: 'presentation', hidden: true });
  const axis = h('p', { class: 'dim axis', 'aria-hidden': 'true' });
  const status = h('p', { class: 'status', role: 'status' });
  const body = h(
    'div',
    {},
    h('div', { class: 'head' }, h('label', {}, 'Measure ', select), better),
    words,
    h('div', { class: 'frame' }, stage, axis, card),
    legend(),
    status
  );

  let rungs: Rungs | null = null;
  let drawn: Plot | null = null;
  let tab = -1;
  /** The rung whose card is open, and whether it stays when the pointer leaves. */
  let open = -1;
  let pinned = false;
  /** The rung that the kernel was asked to adopt. */
  let pending = -1;
  /** The rung that was asked for where there is no kernel. */
  let refused = -1;
  let width = 0;

  const chosen = (): number => {
    const [family, size] = [traits.get('family'), traits.get('size')];
    const at = rungs?.all.find((r) => rungs?.families[r.family] === family && r.size === size);
    return at?.index ?? -1;
  };
  const measure = (): Measure => {
    const { measures } = rungs as Rungs;
    return measures.find(({ name }) => name === traits.get('measure')) ?? measures[0];
  };

  const draw = () => {
    if (!rungs || !width) return;
    const focused = drawn?.points.some(
      (p) => p === (stage.getRootNode() as ShadowRoot).activeElement
    );
    if (!rungs.all[tab]) tab = Math.max(chosen(), 0);
    drawn = plot({ rungs, measure: measure(), chosen: chosen(), tab }, width, stage);
    stage.replaceChildren(drawn.svg);
    axis.style.paddingRight = `${Math.round(width - drawn.right)}px`;
    drawn.points[pending]?.classList.add('pending');
    if (focused) drawn.points[tab]?.focus();
    if (open >= 0) show(open, pinned);
  };
  const redraw = frame(signal, draw);

  const tell = () => {
    if (!rungs) return;
    const m = measure();
    const at = rungs.all[chosen()];
    const busy = traits.get('busy');
    const wished = rungs.all[pending];
    let text = at ? `Chosen: ${at.title}, ${m.short} ${said(m, m.values[at.index])}.` : '';
    if (wished) text = `Adopting the ${wished.title} …`;
    else if (busy) text += ' Measuring what it has to beat …';
    else if (!traits.get('live')) {
      const other = rungs.all[refused];
      text += other
        ? ` The ${other.title} was not adopted: that needs a kernel.`
        : ' To adopt another, open it in a running notebook.';
    } else text += ' A click on another point, or Enter, adopts it.';
    if (status.textContent !== text) status.textContent = text;
    stage.setAttribute('aria-busy', String(busy));
  };

  const describe = () => {
    if (!rungs) return;
    const m = measure();
    better.textContent = m.more ? 'more is better' : 'less is better';
    words.textContent = inWords(rungs, m);
    select.value = m.name;
    tell();
  };

  const show = (index: number, stay = false) => {
    const at = drawn?.places[index];
    if (!rungs || !at || !Number.isFinite(at[1])) return;
    open = index;
    pinned = stay;
    for (const path of stage.querySelectorAll('.over')) path.classList.remove('over');
    drawn?.points[index].classList.add('over');
    stage.querySelector(`[data-of="${index}"]`)?.classList.add('over');
    const mine = index === chosen();
    const live = traits.get('live');
    const hint = mine ? '' : live ? 'Click, or Enter: adopt it.' : 'Adopting it needs a kernel.';
    card.replaceChildren(...detail(rungs, rungs.all[index], mine, hint));
    card.hidden = false;
    const { offsetWidth: wide, offsetHeight: tall } = card;
    const room = stage.clientWidth;
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
    for (const path of stage.querySelectorAll('.over')) path.classList.remove('over');
  };

  const nearest = (event: MouseEvent): number => {
    const box = stage.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let [best, least] = [-1, NEAR];
    drawn?.places.forEach(([a, b], index) => {
      const away = Math.hypot(a - x, b - y);
      if (away < least) [best, least] = [index, away];
    });
    return best;
  };

  const adopt = (index: number) => {
    if (!rungs) return;
    show(index, true);
    if (!traits.get('live')) {
      refused = index === chosen() ? -1 : index;
      tell();
      return;
    }
    if (index === chosen() || index === pending) return;
    const { family, size } = rungs.all[index];
    drawn?.points[pending]?.classList.remove('pending');
    pending = index;
    drawn?.points[index].classList.add('pending');
    traits.set({ adopt: { family: rungs.families[family], size } });
    tell();
  };

  const reach = (index: number) => {
    if (!drawn) return;
    attr(drawn.points[tab], { tabindex: -1 });
    tab = index;
    attr(drawn.points[tab], { tabindex: 0 });
    drawn.points[tab].focus();
    show(tab);
  };

  const keys = (event: KeyboardEvent) => {
    if (!rungs || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') adopt(tab);
    else if (event.key === 'Escape') hide();
    else {
      const next = step(rungs, measure(), tab, event.key);
      if (next === null) return;
      reach(next);
    }
    event.preventDefault();
    event.stopPropagation();
  };

  /** An answer has come, or none will. */
  const settle = () => {
    if (pending >= 0 && (pending === chosen() || !traits.get('busy'))) pending = -1;
    tell();
    redraw();
  };

  const load = () =>
    guarded(place, () => {
      rungs = decodeRungs(traits.get('rungs'));
      if (!rungs) {
        place.replaceChildren(h('p', { class: 'empty' }, 'There is no ladder yet.'));
        return;
      }
      const options = rungs.measures.map(({ name, title }) => h('option', { value: name }, title));
      select.replaceChildren(...options);
      axis.textContent = rungs.across;
      if (body.parentNode !== place) place.replaceChildren(body);
      width = stage.clientWidth || width || 640;
      describe();
      draw();
    });

  select.addEventListener('change', () => traits.set({ measure: select.value }), { signal });
  stage.addEventListener('keydown', keys, { signal });
  stage.addEventListener(
    'pointermove',
    (event) => {
      if (event.pointerType === 'touch') return;
      const index = nearest(event);
      stage.classList.toggle('near', index >= 0);
      if (index >= 0 && index !== open) show(index);
      else if (index < 0 && open >= 0 && !pinned) hide();
    },
    { signal }
  );
  stage.addEventListener('pointerleave', () => pinned || hide(), { signal });
  stage.addEventListener(
    'click',
    (event) => {
      const own = (event.target as Element).closest?.('[data-rung]') as SVGElement | null;
      const near = nearest(event);
      const index = near >= 0 ? near : own ? Number(own.dataset.rung) : -1;
      if (index < 0) return hide();
      reach(index);
      adopt(index);
    },
    { signal }
  );
  stage.addEventListener(
    'focusin',
    (event) => {
      const own = (event.target as Element).closest?.('[data-rung]') as SVGElement | null;
      if (own?.matches(':focus-visible') && Number(own.dataset.rung) !== open) {
        show(Number(own.dataset.rung));
      }
    },
    { signal }
  );
  stage.addEventListener('focusout', hide, { signal });

  traits.on(['rungs'], load);
  traits.on(['measure'], () => {
    describe();
    redraw();
  });
  traits.on(['family', 'size', 'busy', 'error'], settle);
  traits.on(['live'], tell);
  const resize = new ResizeObserver(() => {
    const now = stage.clientWidth;
    if (!now || now === width) return;
    width = now;
    draw();
  });
  resize.observe(stage);
  signal.addEventListener('abort', () => resize.disconnect(), { once: true });
  load();
};

/** What the marks mean. */
function legend(): HTMLElement {
  const sample = (...parts: SVGElement[]) =>
    s('svg', { width: 20, height: 20, viewBox: '-10 -10 20 20', 'aria-hidden': 'true' }, ...parts);
  const marker = (filled: boolean) =>
    s('circle', { class: filled ? 'marker filled' : 'marker', r: 4 });
  const item = (drawing: SVGElement, text: string) => h('li', {}, drawing, text);
  return h(
    'ul',
    { class: 'legend dim' },
    item(sample(s('circle', { class: 'ring', r: 8 }), marker(false)), 'chosen'),
    item(sample(marker(true)), 'knee: the smallest about as faithful as the best of its family'),
    item(sample(s('path', { class: 'whisker', d: 'M0 -8V8' }), marker(false)), '95 % interval')
  );
}

export default defineView(mount);
