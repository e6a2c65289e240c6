import { h } from '../shared/dom';
import { count } from '../shared/format';
import { Traits } from '../shared/model';
import { atEnd, onResize } from '../shared/schedule';
import { defineView, guarded, type Mount, sheet } from '../shared/view';
import { type DisagreementModel, mount as mountTable } from './disagreement';
import { header, type Summary } from './distillation/header';
import { LentModel } from './distillation/lent';
import { fragment, ladder, type Shows, STUDENTS } from './distillation/parts';
import { makeTabs, type Tab } from './distillation/tabs';
import css from './distillation.css';
import type { RungsPayload } from './ladder/rungs';
import type { Decided, RulesPayload, Sort } from './rules/list';
import { mountChooser, mount as mountTemperature, type TemperatureModel } from './temperature';
import type { OverlayPayload, ReasonsPayload, TermsPayload } from './terms/data';
import type { TreeModel } from './tree';

export interface DistillationModel extends TreeModel, DisagreementModel, TemperatureModel {
  // data
  summary: Partial<Summary>;
  rules: Partial<RulesPayload>;
  decided: Partial<Decided>;
  terms: Partial<TermsPayload>;
  curves: Record<string, OverlayPayload>;
  asking: { mode?: 'auto' | 'button' | 'none'; why?: string; name?: string };
  reasons: Partial<ReasonsPayload>;
  still: string;
  rungs: Partial<RungsPayload>;
  trust: string;
  // view state
  tab: string;
  sort: Sort;
  filter: string;
  term: number | null;
  score: number;
  measure: string;
  // intent
  ask: number | null;
  adopt: { family?: string; size?: number };
}

/** Below this the rows have a tab to themselves. */
const TOGETHER = 600;

/**
 * The linked whole. The parts know nothing of each other: a node chosen in the tree filters the
 * table and a row chosen in the table lights its path because they share the model's traits.
 */
export const mount: Mount = (base, host, signal) => {
  const behind = h('p', { class: 'dim behind', role: 'status' });
  const model = new LentModel(base, signal, (text, stale) => {
    behind.textContent = text;
    behind.classList.toggle('stale', stale);
  });
  const traits = new Traits<DistillationModel>(model, signal);
  host.classList.add('distillation-view');
  const head = h('div');
  const summary = () => traits.get('summary') ?? {};

  const part = (name: string, title: string, heading = true) => {
    const place = h('div');
    const section = h('section', { class: name, 'aria-label': title }, place);
    if (heading) section.prepend(h('h2', {}, title));
    return { section, place };
  };
  // a regression has no temperature
  const softened = !!traits.get('classes')?.length;
  const [whole, soft, rows] = [
    part('whole', 'Student', false),
    part('soft', softened ? 'Temperature' : 'Size'),
    part('rows-of', 'Teacher against student')
  ];
  // says where the rows are those of another student
  rows.place.before(behind);

  let shown: Shows | null = null;
  let ended = new AbortController();
  atEnd(signal, () => ended.abort());
  /** Another family of students is shown by another view. */
  const showStudent = () => {
    const shows = summary().shows ?? 'tree';
    if (shows === shown) return;
    shown = shows;
    ended.abort();
    ended = new AbortController();
    const place = h('div');
    whole.place.replaceChildren(place);
    guarded(place, () => STUDENTS[shows](model, place, ended.signal));
  };

  let rowsBegun = false;
  const together = () => !host.clientWidth || host.clientWidth >= TOGETHER;
  /** There is one table: it stands where it is looked at. */
  const placeRows = () => {
    const alone = traits.get('tab') === 'disagreements';
    const first = tabs.panel('student').querySelector('.parts');
    const slot = alone || !first || !together() ? tabs.panel('disagreements') : first;
    if (rows.section.parentNode !== slot) {
      // what is moved forgets how far it was scrolled
      const grid = rows.place.querySelector('.grid');
      const { scrollTop = 0, scrollLeft = 0 } = grid ?? {};
      slot.append(rows.section);
      grid?.scrollTo(scrollLeft, scrollTop);
    }
    if (rowsBegun || (slot !== first && !alone)) return;
    rowsBegun = true;
    guarded(rows.place, () => mountTable(model, rows.place, signal));
  };

  const places: Tab[] = [
    {
      name: 'student',
      title: 'Student',
      start: (panel) => {
        panel.append(h('div', { class: 'parts' }, whole.section, soft.section));
        showStudent();
        const choose = softened ? mountTemperature : mountChooser;
        guarded(soft.place, () => choose(model, soft.place, signal));
      }
    },
    { name: 'disagreements', title: 'Where they part', start: () => {} }
  ];
  if (Object.keys(traits.get('rungs') ?? {}).length) {
    places.push({
      name: 'ladder',
      title: 'Ladder',
      start: (panel) => {
        const place = h('div');
        panel.append(place);
        guarded(place, () => ladder(model, place, signal));
      }
    });
  }
  if (traits.get('trust')) {
    places.push({
      name: 'trust',
      title: 'Trust',
      start: (panel) => fragment(model, 'trust', panel, signal)
    });
  }
  const tabs = makeTabs(places, (tab) => traits.set({ tab }), signal);
  host.append(sheet(css), head, tabs.bar, ...tabs.panels);

  const open = () => {
    tabs.open(traits.get('tab') ?? 'student');
    placeRows();
  };
  const update = () => {
    guarded(head, () =>
      head.replaceChildren(...header(summary(), () => traits.set({ tab: 'trust' })))
    );
    if (shown) showStudent();
    const found = summary().findings?.length ?? 0;
    tabs.mark('trust', found ? String(found) : '', found === 1 ? 'finding' : 'findings');
  };
  /** How many rows there are, also where the table is out of sight, and what filters leave. */
  const tell = () => {
    const { filters, text } = traits.get('query') ?? {};
    const { apart } = summary();
    if (traits.get('node') != null || filters?.length || text) {
      const { total = 0, all = 0 } = traits.get('page') ?? {};
      const live = traits.get('live');
      const left = live ? `${count(total)} of ${count(all)}` : 'filtered';
      tabs.mark('disagreements', left, live ? 'rows, filtered' : '');
    } else tabs.mark('disagreements', apart == null ? '' : count(apart), 'rows');
  };
  traits.on(['summary'], update);
  traits.on(['tab'], open);
  traits.on(['node', 'query', 'page', 'live', 'summary'], tell);

  let wide: boolean | null = null;
  const fit = () => {
    if (!host.clientWidth || together() === wide) return;
    wide = together();
    placeRows();
  };
  onResize(host, fit, signal);
  update();
  tell();
  open();
};

export default defineView(mount);
