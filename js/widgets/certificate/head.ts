import { h, KEYS, listen } from '../../shared/dom';
import type { Entry } from './types';

interface Choice {
  go: (place: number) => void;
  ask: (row: number) => void;
}

/** The certificates to go through, and a field for any other row where a kernel can be asked. */
export function chooser(batch: Entry[], among: number, signal: AbortSignal, { go, ask }: Choice) {
  let at: number | null = 0;
  const before = h('button', { type: 'button', class: 'button', ...KEYS }, '‹ Previous');
  const after = h('button', { type: 'button', class: 'button', ...KEYS }, 'Next ›');
  const words = (one: Entry) => {
    const parts = one.agrees === false ? ` ≠ teacher ${one.teacher}` : '';
    return `${one.position === null ? 'new row ' : ''}${one.label}: ${one.says}${parts}`;
  };
  const other = h('option', { value: '', disabled: true, hidden: true }, 'another row');
  const select = h(
    'select',
    { class: 'field', 'aria-label': 'Certificate of row', ...KEYS },
    other,
    ...batch.map((one, i) => h('option', { value: i }, words(one)))
  );
  const count = h('span', { class: 'dim' });
  const through = h('div', { class: 'through' }, before, select, after, count);
  through.hidden = batch.length < 2;

  const field = h('input', {
    type: 'number',
    class: 'field',
    min: 0,
    max: Math.max(0, among - 1),
    step: 1,
    required: true,
    ...KEYS
  });
  const button = h('button', { type: 'submit', class: 'button', ...KEYS }, 'Certify');
  const form = h('form', { class: 'other' }, h('label', { class: 'dim' }, 'Row ', field), button);
  if (among) field.setAttribute('title', `A position in X, from 0 to ${among - 1}`);

  const step = (by: number) => go(at === null ? 0 : at + by);
  listen(before, signal, { click: () => step(-1) });
  listen(after, signal, { click: () => step(1) });
  listen(select, signal, { change: () => go(Number(select.value)) });
  const enter = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    // see onEntered: JupyterLab keeps Enter from sending a form
    event.preventDefault();
    form.requestSubmit();
  };
  listen(field, signal, { keydown: enter });
  listen(form, signal, {
    submit: (event) => {
      event.preventDefault();
      if (field.value !== '') ask(Number(field.value));
    }
  });
  return {
    element: h('div', { class: 'toolbar' }, through, form),
    follow(place: number | null, row: number | null, live: boolean): void {
      at = place;
      select.value = place === null ? '' : String(place);
      before.disabled = place !== null && place <= 0;
      after.disabled = place !== null && place >= batch.length - 1;
      count.textContent = place === null ? '' : `${place + 1} of ${batch.length}`;
      form.hidden = !among || !live;
      if (row !== null) field.value = String(row);
    }
  };
}
