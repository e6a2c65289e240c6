import { h } from '../shared/dom';
import { type CommonModel, Traits } from '../shared/model';
import { atEnd } from '../shared/schedule';
import { defineView, guarded, type Mount, sheet } from '../shared/view';
import { makeAbove } from './disagreement/above';
import { Asking, questionOf, same } from './disagreement/asking';
import { Choice } from './disagreement/choice';
import { holdsAgreement, insideOf, palette } from './disagreement/held';
import { KernelSource } from './disagreement/kernel';
import { LocalSource } from './disagreement/local';
import regionsCss from './disagreement/regions.css';
import { makeRows } from './disagreement/rows';
import type {
  Column,
  Counted,
  PagePayload,
  Pair,
  Query,
  Question,
  Regions
} from './disagreement/types';
import css from './disagreement.css';

export interface DisagreementModel extends CommonModel {
  // data
  columns: Column[];
  page: Partial<PagePayload>;
  pairs: Pair[];
  regions: Partial<Regions>;
  counts: Partial<Counted>;
  // view state
  row: number | null;
  rows_chosen: number[];
  node: number | null;
  leaf: number | null;
  region: number | null;
  // intent
  query: Partial<Query>;
  seek: boolean;
  count: { column?: string; ticket?: number };
  span: number[];
}

/** The rows where teacher and student part (or all), to sort, filter and choose from. */
export const mount: Mount = (model, host, signal) => {
  const traits = new Traits<DisagreementModel>(model, signal);
  host.classList.add('disagreement-view');
  const place = h('div');
  host.append(sheet(regionsCss), sheet(css), place);
  let redraw = new AbortController();
  atEnd(signal, () => redraw.abort());
  let question = questionOf(traits.get('query'));
  const draw = () => {
    redraw.abort();
    redraw = new AbortController();
    guarded(place, () => place.replaceChildren(...table(traits, question, redraw.signal, start)));
  };
  const start = () => {
    // other columns mean another table: begin again, with nothing left of the old one
    question = questionOf(traits.get('query'));
    draw();
  };
  traits.on(['columns', 'live'], start);
  traits.on(['page'], () => {
    if (traits.get('live')) return;
    // the same rows, answered by another student: what was asked of them stays, but not by leaf
    const leaf = (traits.get('columns') ?? []).find(({ kind }) => kind === 'leaf')?.name;
    question.filters = question.filters.filter(({ column }) => column !== leaf);
    draw();
  });
  start();
};

/** One table: the rows of some columns, with what is asked of them. */
function table(
  outer: Traits<DisagreementModel>,
  question: Question,
  signal: AbortSignal,
  restart: () => void
): HTMLElement[] {
  const traits = new Traits<DisagreementModel>(outer.model, signal);
  const columns = traits.get('columns') ?? [];
  if (!columns.length) return [h('p', { class: 'empty' }, 'There are no rows yet.')];
  // numbers hardly ever agree to the last digit: all rows, the largest difference first
  const numbers = columns.some(({ name, kind }) => name === 'teacher' && kind === 'numeric');
  const choice = new Choice(traits);
  const asking = new Asking(question, () => {
    choice.forget();
    mark();
  });
  const above = makeAbove(traits, columns, numbers, asking, choice, signal);
  const rows = makeRows(columns, palette(traits), asking, choice, signal);
  const mark = () => {
    rows.mark();
    above.mark();
  };
  const changed = () => {
    const { source } = asking;
    if (source?.scope && !source.waiting && source.scope !== question.scope) {
      question.scope = source.scope;
      mark();
    }
    if (source && rows.renew(source)) above.tell(source);
  };
  const chosen = () => {
    rows.choose();
    above.showChips();
  };

  traits.on(['node', 'region'], () => asking.ask({}));
  traits.on(['row'], () => {
    const row = traits.get('row') ?? null;
    // in a page nobody else keeps the two in step
    if (!traits.get('live') && row !== null && !choice.rows.includes(row)) {
      traits.set({ rows_chosen: [row] });
    }
    chosen();
  });
  traits.on(['rows_chosen'], chosen);
  mark();
  rows.choose();
  begin(traits, columns, asking, changed);
  // a page that holds disagreements alone has nothing more to show
  const page = traits.get('page') as PagePayload | undefined;
  const whole = traits.get('live') || numbers || !page?.row_ids || holdsAgreement(page, columns);
  above.scopes.hidden = !whole;
  above.showRegions();
  traits.on(['query'], () => {
    // another view of the same table, or Python, has asked something else: show that
    if (!same(questionOf(traits.get('query')), question)) restart();
  });
  return [...above.elements, ...rows.elements];
}

/** Whoever answers: the kernel, or the page with the rows that it holds. */
function begin(
  traits: Traits<DisagreementModel>,
  columns: Column[],
  asking: Asking,
  changed: () => void
): void {
  const local = (page: PagePayload, then: () => void) =>
    new LocalSource(page, columns, insideOf(traits, page), then);
  const page = traits.get('page') as PagePayload | undefined;
  if (traits.get('live')) {
    const here = (held: PagePayload) => local(held, () => {});
    asking.source = new KernelSource(traits, { ...asking.question }, changed, here);
    changed();
  } else if (page?.row_ids) {
    asking.source = local(page, changed);
    asking.ask({});
  }
}

export default defineView(mount);
