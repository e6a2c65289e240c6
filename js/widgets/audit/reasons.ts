import { h, KEYS, listen } from '../../shared/dom';
import type { Traits } from '../../shared/model';
import { atEnd } from '../../shared/schedule';
import { unheard, watchAnswer } from '../../shared/silence';
import type { AuditModel } from '../audit';
import { agreement } from './agreement';
import { chart } from './chart';
import { decodeReasons, type Reasons, type ReasonsPayload } from './data';
import { rowList } from './rows';

const METHODS: [string, string][] = [
  ['shap', 'SHAP'],
  ['lime', 'LIME'],
  ['surrogate', 'Local surrogate']
];

const titleOf = (name: string): string => METHODS.find(([method]) => method === name)?.[1] ?? name;

/** The reasons of both models: method and class, the rows, the bars, and how far they agree. */
export function reasonsPanel(traits: Traits<AuditModel>, signal: AbortSignal): HTMLElement {
  const decoded = new Map<ReasonsPayload, Reasons>();
  const known = (name: string): Reasons | null => {
    const payload = traits.get('reasons')[name];
    if (!payload) return null;
    let found = decoded.get(payload);
    if (!found) {
      found = decodeReasons(payload);
      decoded.set(payload, found);
    }
    return found;
  };
  const costs = () => traits.get('about').costs ?? {};
  const whom = () => (traits.get('about').alone ? 'the student' : 'both models');
  const head = h('div', { class: 'toolbar' });
  const body = h('div');
  const status = h('p', { class: 'status', role: 'status' });
  const element = h('div', { class: 'reasons' }, head, status, body);

  /** What the kernel was asked for, until it says anything. */
  let asked: AuditModel['ask'] = {};
  /** What it has not even begun with. */
  let lost: AuditModel['ask'] = {};
  const answer = watchAnswer(
    signal,
    () => asked.method !== undefined,
    () => {
      if (!answer.silent()) return;
      [lost, asked] = [asked, {}];
      // the same can be asked for again only if that is news to the kernel
      traits.set({ ask: {} });
      draw();
    }
  );

  let shown: Reasons | null = null;
  let list: ReturnType<typeof rowList> | null = null;
  let right = h('div', { class: 'chart' });
  let above = h('div');
  // what was drawn before ends with its own signal
  let drawing = new AbortController();
  let listing = new AbortController();
  const end = () => {
    drawing.abort();
    listing.abort();
  };
  atEnd(signal, end);

  const place = (): number => {
    const row = traits.get('row');
    return row === null || row === undefined || !shown ? -1 : shown.rows.indexOf(row);
  };
  const output = (): number => shown?.outputs.indexOf(traits.get('output')) ?? -1;

  const methods = () => {
    const field = h('fieldset', { class: 'methods' }, h('legend', { class: 'unseen' }, 'Method'));
    for (const [name, title] of METHODS) {
      const there = traits.get('reasons')[name] !== undefined;
      if (!there && !costs()[name]) continue;
      const input = h('input', {
        type: 'radio',
        name: 'method',
        value: name,
        checked: name === traits.get('method'),
        ...KEYS
      });
      listen(input, signal, { change: () => traits.set({ method: name }) });
      const label = h('label', { class: there ? '' : 'unasked' }, input, h('span', {}, title));
      field.append(label);
    }
    return field;
  };
  const classes = (of: Reasons): HTMLElement[] => {
    if (of.outputs.length < 2) return [];
    const all = place() < 0 ? 'all, on average' : 'that which the teacher names';
    const select = h(
      'select',
      { class: 'field', ...KEYS },
      h('option', { value: '' }, all),
      ...of.outputs.map((name) => h('option', { value: name }, name))
    );
    select.value = traits.get('output');
    listen(select, signal, { change: () => traits.set({ output: select.value }) });
    return [h('label', { class: 'dim' }, 'Class ', select)];
  };
  const toolbar = () => {
    const focused = (element.getRootNode() as ShadowRoot).activeElement?.getAttribute?.('value');
    head.replaceChildren(methods(), ...(shown ? classes(shown) : []));
    if (focused) head.querySelector<HTMLElement>(`input[value="${CSS.escape(focused)}"]`)?.focus();
  };

  const ask = (name: string, row: number | null): HTMLElement[] => {
    const busy = traits.get('asking');
    const cost = costs()[name];
    if (!cost) return [];
    if (!traits.get('live')) {
      return [h('p', { class: 'dim' }, 'To ask for it, open this in a running notebook.')];
    }
    const title = titleOf(name);
    const button = h(
      'button',
      { type: 'button', class: 'button main', ...KEYS },
      row === null ? `Explain ${whom()} by ${title}` : `Explain row ${row} too`
    );
    button.disabled = busy !== '' || asked.method !== undefined;
    const ask = row === null ? { method: name } : { method: name, row };
    const act = () => {
      [asked, lost] = [ask, {}];
      traits.set({ ask });
      answer.look();
      draw();
    };
    listen(button, drawing.signal, { click: act });
    return [h('p', {}, cost), button];
  };

  const tell = () => {
    const busy = traits.get('asking') || (asked.method ?? '');
    const row = traits.get('row');
    let text = '';
    const at = place();
    if (busy) text = `Explaining ${whom()} by ${titleOf(busy)} …`;
    else if (lost.method) {
      const what = lost.row === undefined ? 'nothing was' : `row ${lost.row} was not`;
      text = unheard(`${what} explained by ${titleOf(lost.method)}`);
    } else if (shown && at >= 0) {
      const apart = shown.apart(at) ? ' They part.' : '';
      text = `Row ${shown.labels[at]}: the teacher says ${shown.said(0, at)}, the student ${shown.said(1, at)}.${apart}`;
    } else if (shown && row !== null && row !== undefined) {
      text = `The row at position ${row} is not among the ${shown.rows.length} that were explained by ${shown.title}: the mean is shown.`;
    } else if (shown) {
      text = `The mean of ${shown.rows.length} rows. Choose one to see its own reasons.`;
    }
    if (status.textContent !== text) status.textContent = text;
    element.setAttribute('aria-busy', String(busy !== ''));
  };

  const draw = () => {
    drawing.abort();
    drawing = new AbortController();
    const name = traits.get('method');
    const next = known(name);
    if (!next) {
      shown = list = null;
      const none = h('p', {}, 'Nothing was explained by this method yet.');
      body.replaceChildren(h('div', { class: 'asking' }, none, ...ask(name, null)));
      toolbar();
      tell();
      return;
    }
    if (next !== shown || !list) {
      shown = next;
      listing.abort();
      listing = new AbortController();
      list = rowList(next, listing.signal, (row) =>
        traits.setSoon({ row: row < 0 ? null : next.rows[row] })
      );
      right = h('div', { class: 'chart' });
      above = h('div');
      const notes = h(
        'details',
        { class: 'notes' },
        h('summary', { ...KEYS }, 'How this was found'),
        ...next.notes.map((note) => h('p', {}, note)),
        h('p', {}, `Scale: ${next.scale}.`)
      );
      body.replaceChildren(h('div', { class: 'beside' }, list.element, right), above, notes);
    }
    const at = place();
    const row = traits.get('row');
    list.follow(at);
    right.replaceChildren(
      ...chart({ reasons: next, row: at, output: output() }, drawing.signal),
      ...(at < 0 && row !== null && row !== undefined ? ask(name, row) : [])
    );
    const alike = agreement(next, at);
    above.replaceChildren(...(alike ? [alike] : []));
    toolbar();
    tell();
  };

  const heard = () => {
    [asked, lost] = [{}, {}];
    answer.look();
    draw();
  };
  traits.on(['asking', 'reasons', 'error'], heard);
  traits.on(['method', 'row'], () => {
    lost = {};
  });
  traits.on(['about', 'method', 'output', 'row', 'live'], draw);
  draw();
  return element;
}
