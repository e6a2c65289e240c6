import { copier } from '../shared/copy';
import { h, KEYS } from '../shared/dom';
import { type CommonModel, Traits } from '../shared/model';
import { unheard, watchAnswer } from '../shared/silence';
import twinCss from '../shared/twin.css';
import { defineView, guarded, type Mount, sheet } from '../shared/view';
import { change, constraints } from './certificate/change';
import { chooser } from './certificate/head';
import { distributions, says } from './certificate/says';
import type { Account, Entry, Refused } from './certificate/types';
import { reasons, why } from './certificate/why';
import css from './certificate.css';

export interface CertificateModel extends CommonModel {
  // data
  shown: Account | Refused;
  batch: Entry[];
  pages: Account[];
  among: number;
  busy: boolean;
  // view state
  row: number | null;
  place: number | null;
}

/** The account of one decision, or of many one after another. */
export const mount: Mount = (model, host, signal) => {
  const traits = new Traits<CertificateModel>(model, signal);
  host.classList.add('certificate-view');
  const status = h('p', { class: 'status', role: 'status' });
  const copy = copier(signal);
  const body = h('article', {});
  const place = h('div');
  host.append(sheet(twinCss), sheet(css), place);
  const batch = traits.get('batch');
  const choice = chooser(batch, traits.get('among'), signal, {
    go: (at) => {
      const to = Math.max(0, Math.min(batch.length - 1, at));
      traits.setSoon({ place: to, row: batch[to].position });
      follow();
    },
    ask: (row) => {
      const known = batch.findIndex((one) => one.position === row);
      if (known >= 0) traits.set({ place: known, row });
      else traits.set({ place: null, row });
      // the same row again changes no trait
      follow();
    }
  });
  place.append(choice.element, status, body, copy.element);

  let drawn: Account | Refused | null = null;
  /** Of which row that is. */
  let of: [place: number | null, row: number | null] = [null, null];
  /** Whether the kernel has said that it cannot do what it was asked. */
  let refused = false;

  /** What is there for the row that is chosen: the kernel's newest, or of an exported page its own. */
  const current = (): Account | Refused | null => {
    const [at, row] = [traits.get('place'), traits.get('row')];
    if (!traits.get('live') && at !== null) {
      const page = traits.get('pages')[at];
      if (page) return page;
    }
    const shown = traits.get('shown');
    const wanted = at === null ? row : batch[at]?.position;
    if (at !== null && wanted === null) return isOf(shown, at) ? shown : null;
    return wanted === null || shown.position === wanted ? shown : null;
  };
  /** New rows have no position: they are told apart by what they are called. */
  const isOf = (shown: Account | Refused, at: number): boolean =>
    'refused' in shown ? false : shown.position === null && shown.label === batch[at].label;

  const draw = () =>
    guarded(body, () => {
      const [at, row, live] = [traits.get('place'), traits.get('row'), traits.get('live')];
      const now = current();
      const silent = now === null && answer.silent();
      const ended = silent || (now === null && refused);
      const waiting = now === null && live && !ended;
      if (now !== null) of = [at, row];
      // no answer will come: what is still shown is of the row before
      if (ended && drawn) choice.follow(...of, live);
      else choice.follow(at, row, live);
      body.setAttribute('aria-busy', String(waiting || traits.get('busy')));
      body.classList.toggle('late', waiting);
      const name = `row ${row ?? (at === null ? '' : batch[at].label)}`;
      const text = waiting
        ? `Certifying ${name} …`
        : silent
          ? unheard(`${name} has no certificate here`)
          : now === null && !live
            ? `Row ${row} has no certificate here: open this in a running notebook.`
            : '';
      if (status.textContent !== text) status.textContent = text;
      if (ended) return;
      copy.element.hidden = now === null || 'refused' in now;
      if (now === null) {
        if (!waiting) {
          drawn = null;
          body.replaceChildren();
        }
        return;
      }
      if (now === drawn) return;
      drawn = now;
      if ('refused' in now) {
        const told = `There is no certificate of row ${now.position}: ${now.refused}`;
        body.replaceChildren(h('p', { class: 'alert', role: 'alert' }, told));
        return;
      }
      copy.offer('Copy as text', now.text);
      body.replaceChildren(...account(now));
    });

  const answer = watchAnswer(
    signal,
    () => current() === null && traits.get('live') && !traits.get('busy') && !refused,
    draw
  );
  const follow = () => {
    refused = false;
    answer.look();
    draw();
  };
  traits.on(['shown', 'row', 'place', 'busy', 'live'], follow);
  traits.on(['error'], () => {
    refused = traits.get('error') !== '';
    answer.look();
    draw();
  });
  follow();
};

function account(one: Account): HTMLElement[] {
  const own = one.reasons.filter((told) => !told.teacher && told === one.reasons[0]).map(reasons);
  const both = one.reasons.slice(own.length).map(reasons);
  const mixes = distributions(one);
  const cards = [...(mixes ? [mixes] : []), ...own];
  // what is of both models has a column of its own
  const columns = both.length ? [cards, both] : cards.map((card) => [card]);
  const findings = one.findings.map(({ code, severity, sentence, remedy }) =>
    h(
      'li',
      { class: `is-${severity}` },
      h('span', { class: 'severity' }, severity),
      ` ${sentence} `,
      h('strong', {}, remedy),
      ' ',
      h('span', { class: 'dim small' }, code)
    )
  );
  return [
    h('h2', {}, one.title),
    ...says(one),
    ...(findings.length ? [h('ul', { class: 'findings' }, ...findings)] : []),
    why(one),
    h('div', { class: 'cards' }, ...columns.map((of) => h('div', {}, ...of))),
    ...(one.change ? [change(one.change)] : []),
    ...(one.constraints.length ? [constraints(one.constraints)] : []),
    values(one),
    h('p', { class: 'dim verified' }, one.verified)
  ];
}

function values(one: Account): HTMLElement {
  const rows = one.values.map(([name, value]) =>
    h('tr', {}, h('th', { scope: 'row' }, name), h('td', {}, value))
  );
  return h(
    'details',
    { class: 'values' },
    h('summary', { ...KEYS }, 'The row'),
    h(
      'table',
      { class: 'plain' },
      h('caption', { class: 'unseen' }, 'What the row holds'),
      h('tbody', {}, ...rows)
    )
  );
}

export default defineView(mount);
