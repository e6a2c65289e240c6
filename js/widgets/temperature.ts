import { h, KEYS, onEntered } from '../shared/dom';
import { count, temperature as written } from '../shared/format';
import { type CommonModel, Traits } from '../shared/model';
import { frame } from '../shared/schedule';
import { type Average, type Logits, prepare, softenAll, softenRow } from '../shared/softmax';
import { defineView, guarded, type Mount, sheet } from '../shared/view';
import { decode, type Wire } from '../shared/wire';
import { makeBars } from './temperature/bars';
import { makeChooser } from './temperature/chooser';
import { type Curve, makeCurve } from './temperature/curve';
import type { FollowModel, Grid, Shown } from './temperature/grid';
import { sentence } from './temperature/sentence';
import { makeStrips } from './temperature/strips';
import css from './temperature.css';

export interface TemperatureModel extends CommonModel {
  // data
  grid: Partial<Grid>;
  shown: Partial<Shown>;
  logits: Wire;
  row_ids: Wire;
  classes: string[];
  curve: Partial<Curve>;
  distilled_at: number;
  busy: boolean;
  // view state
  temperature: number;
  row: number | null;
  rows_chosen: number[];
  follow: boolean;
  student_size: number | null;
  // intent
  distil_at: number | null;
  asked: FollowModel['asked'];
}

const LOW = 0.1;
const HIGH = 20;
const STEP = 0.02;

/** Round figures, fine enough that every step of the slider is another one. */
export function snap(value: number): number {
  const grain =
    value < 0.2 ? 0.005 : value < 1 ? 0.01 : value < 2.2 ? 0.05 : value < 10 ? 0.1 : 0.5;
  const rounded = Math.round(value / grain) * grain;
  return Number(Math.min(HIGH, Math.max(LOW, rounded)).toFixed(3));
}

interface Held {
  logits: Logits;
  ids: Int32Array;
}

/** The teacher's soft targets at any temperature, worked out in the browser. */
export const mount: Mount = (model, host, signal) => {
  const traits = new Traits<TemperatureModel>(model, signal);
  host.classList.add('temperature-view');
  const place = h('div');
  host.append(sheet(css), place);

  const slider = h('input', {
    type: 'range',
    min: Math.log10(LOW),
    max: Math.log10(HIGH).toFixed(2),
    step: STEP,
    'aria-label': 'Temperature',
    ...KEYS
  });
  const exact = h('input', {
    type: 'number',
    class: 'exact',
    min: LOW,
    max: HIGH,
    step: 'any',
    'aria-label': 'Temperature, as a number',
    ...KEYS
  });
  const again = h('button', { type: 'button', class: 'button main' });
  const note = h('p', { class: 'dim note' });
  const said = h('p', { class: 'said', 'aria-live': 'polite' });
  const whose = h('p', { class: 'whose' });
  const entropyText = h('span', { class: 'figure' });
  const entropyBar = h('span', {});
  const over = h('span', {});
  const meter = h(
    'div',
    { class: 'entropy' },
    over,
    h('span', { class: 'meter', 'aria-hidden': 'true' }, entropyBar),
    entropyText
  );
  const bars = makeBars();
  const strips = makeStrips();
  const chooser = makeChooser(new Traits<FollowModel>(model, signal), signal);
  const curve = makeCurve(LOW, HIGH);
  const body = h(
    'div',
    { class: 'columns' },
    h(
      'div',
      { class: 'left' },
      h('div', { class: 'head' }, h('label', {}, 'T = ', exact), again, note),
      curve.element,
      h('div', { class: 'track' }, slider)
    ),
    h('div', { class: 'rightside' }, whose, bars.element, strips.element, meter),
    said,
    curve.words,
    chooser.element
  );

  let held: Held | null = null;
  let mean = new Float64Array(0);
  // at T = 1: the mean is worked out once, chosen rows when they are drawn
  let plainMean = new Float64Array(0);
  let plainChosen = new Float64Array(0);
  let scratch = new Float64Array(0);
  const soft: Average = { entropy: 0, second: 0 };
  const at1: Average = { entropy: 0, second: 0 };

  const now = (): number => traits.get('temperature') || 1;

  /** The rows chosen: one that others follow, or several. */
  const wanted = (): number[] => {
    const row = traits.get('row') ?? null;
    const rows = traits.get('rows_chosen') ?? [];
    return rows.length > 1 ? rows : row === null ? [] : [row];
  };

  /** Positions of the chosen rows among those whose logits are here. */
  let chosen: number[] = [];
  const choose = () => {
    if (!held) return;
    const { ids, logits } = held;
    chosen = wanted()
      .map((row) => ids.indexOf(row))
      .filter((place) => place >= 0);
    strips.load(logits, ids, chosen);
  };

  /** The mean of the chosen rows' soft targets goes to `into`; returns that of the second class. */
  const meanOf = (logits: Logits, t: number, into: Float64Array): number => {
    into.fill(0);
    let second = 0;
    for (const place of chosen) {
      softenRow(logits, place, t, scratch);
      second += scratch[logits.second[place]] / chosen.length;
      for (let j = 0; j < logits.k; j++) into[j] += scratch[j] / chosen.length;
    }
    return second;
  };

  const draw = () => {
    if (!held) return;
    const { logits } = held;
    const t = now();
    softenAll(logits, t, mean, scratch, soft);
    const entropy = soft.entropy;
    let seconds = [soft.second, at1.second];
    if (chosen.length) seconds = [meanOf(logits, t, mean), meanOf(logits, 1, plainChosen)];
    bars.update(mean, chosen.length ? plainChosen : plainMean);
    strips.update(logits, t);
    const most = Math.log(Math.max(2, logits.k));
    entropyText.textContent = `${entropy.toFixed(2)} of ${most.toFixed(2)} nats`;
    entropyBar.style.transform = `scaleX(${Math.min(1, entropy / most)})`;
    const text = written(t);
    slider.setAttribute('aria-valuetext', `temperature ${text}`);
    if (slider.valueAsNumber !== Math.log10(t)) slider.value = String(Math.log10(t));
    if ((exact.getRootNode() as ShadowRoot).activeElement !== exact) exact.value = text;
    curve.mark(t);
    const one = chosen.length === 1;
    said.textContent = sentence({
      temperature: t,
      guess: one ? (traits.get('classes')[logits.second[chosen[0]]] ?? '') : null,
      rows: chosen.length ? 'the chosen rows' : 'the rows',
      soft: seconds[0],
      plain: seconds[1]
    });
    offer();
  };
  const redraw = frame(signal, draw);

  const offer = () => {
    const t = now();
    const live = traits.get('live');
    const busy = live && traits.get('busy');
    const at = traits.get('distilled_at') || 1;
    const same = Math.abs(t - at) < 1e-9;
    const brief = (traits.get('shown')?.how ?? 'distilled') !== 'distilled';
    const earnest = same && !brief;
    again.hidden = !live || (earnest && !busy);
    again.disabled = busy;
    const what = same && brief ? 'Distil in earnest' : 'Distil again';
    again.textContent = busy ? 'distilling…' : `${what} at T = ${written(t)}`;
    const here = `distilled at T = ${written(at)}`;
    const few = (traits.get('grid')?.temperatures?.length ?? 0) < 2;
    if (live) note.textContent = earnest ? here : '';
    else note.textContent = few ? `${here}; another T needs a kernel` : '';
    note.hidden = !note.textContent;
  };

  const title = () => {
    if (!held) return;
    const rows = wanted();
    const left = rows.length - chosen.length;
    const of =
      chosen.length > 1
        ? `mean of ${count(chosen.length)} chosen rows`
        : chosen.length
          ? `row ${held.ids[chosen[0]]}`
          : `mean of ${count(held.logits.n)} rows`;
    whose.textContent = `Soft targets${chosen.length === 1 ? ' of' : ','} ${of}`;
    if (rows.length === 1 && left) {
      whose.textContent += ` (row ${rows[0]} is not among them)`;
    } else if (left)
      whose.textContent += ` (${count(left)} more ${left === 1 ? 'is' : 'are'} not here)`;
  };

  const load = () =>
    guarded(place, () => {
      const wire = traits.get('logits');
      held = null;
      if (!wire?.shape?.[0]) {
        place.replaceChildren(h('p', { class: 'empty' }, 'There are no logits yet.'));
        return;
      }
      const [n, k] = wire.shape;
      const ids = decode(traits.get('row_ids'), 'i4');
      held = { logits: prepare(decode(wire, 'f4'), n, k), ids };
      mean = new Float64Array(k);
      plainMean = new Float64Array(k);
      plainChosen = new Float64Array(k);
      scratch = new Float64Array(k);
      softenAll(held.logits, 1, plainMean, scratch, at1);
      // as many as were sent: of very many rows a sample
      over.textContent = `mean entropy, ${count(n)} rows`;
      bars.load(traits.get('classes'), plainMean);
      curve.load(traits.get('curve'));
      if (body.parentNode !== place) place.replaceChildren(body);
      choose();
      title();
      draw();
    });

  slider.addEventListener(
    'input',
    () => {
      traits.setSoon({ temperature: snap(10 ** slider.valueAsNumber) });
      chooser.ask();
    },
    { signal }
  );
  slider.addEventListener(
    'change',
    () => {
      traits.set({ temperature: snap(10 ** slider.valueAsNumber) });
      chooser.ask();
    },
    { signal }
  );
  const typed = () => {
    const value = Number(exact.value);
    if (value > 0) traits.set({ temperature: Math.min(HIGH, Math.max(LOW, value)) });
    exact.value = written(now());
    chooser.ask();
  };
  onEntered(exact, typed, signal);
  again.addEventListener('click', () => traits.set({ distil_at: now() }), { signal });

  traits.on(['logits', 'row_ids', 'classes', 'curve'], load);
  traits.on(['temperature', 'row', 'rows_chosen'], redraw);
  traits.on(['row', 'rows_chosen'], () => {
    choose();
    title();
  });
  traits.on(['distilled_at', 'busy', 'live', 'shown', 'grid'], offer);
  load();
};

/** The size slider alone, for a student without a temperature. */
export const mountChooser: Mount = (model, host, signal) => {
  host.classList.add('temperature-view');
  host.append(sheet(css), makeChooser(new Traits<FollowModel>(model, signal), signal).element);
};

export default defineView(mount);
