import { h, KEYS } from '../shared/dom';
import { some } from '../shared/format';
import { type CommonModel, Traits } from '../shared/model';
import { debounce } from '../shared/schedule';
import { decodeTree, isUnder, type TreePayload } from '../shared/tree';
import { defineView, guarded, type Mount, sheet } from '../shared/view';
import { decode } from '../shared/wire';
import type { Palette } from './disagreement/cells';
import { type Chip, Chips } from './disagreement/chips';
import { Choice } from './disagreement/choice';
import { Grid } from './disagreement/grid';
import { Head, TYPING } from './disagreement/head';
import { KernelSource } from './disagreement/kernel';
import { LocalSource } from './disagreement/local';
import { Panel } from './disagreement/panel';
import { RegionList } from './disagreement/regions';
import regionsCss from './disagreement/regions.css';
import { countLine, PairChoice, scopeToggle } from './disagreement/toolbar';
import type {
  Column,
  Counted,
  Filter,
  PagePayload,
  Pair,
  Query,
  Question,
  Regions,
  Source
} from './disagreement/types';
import { narrowings, pairOf } from './disagreement/words';
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
  signal.addEventListener('abort', () => redraw.abort(), { once: true });
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

function table(
  outer: Traits<DisagreementModel>,
  question: Question,
  signal: AbortSignal,
  restart: () => void
): HTMLElement[] {
  const traits = new Traits<DisagreementModel>(outer.model, signal);
  const columns = traits.get('columns') ?? [];
  if (!columns.length) return [h('p', { class: 'empty' }, 'There are no rows yet.')];
  const live = traits.get('live');
  // numbers hardly ever agree to the last digit: all rows, the largest difference first
  const numbers = columns.some(({ name, kind }) => name === 'teacher' && kind === 'numeric');
  const leaf = columns.find(({ kind }) => kind === 'leaf')?.title;

  let source: Source | null = null;
  let fromTop = true;
  const choice = new Choice(traits);
  const ask = (patch: Partial<Question>) => {
    Object.assign(question, patch);
    fromTop = true;
    choice.forget();
    marks();
    source?.ask({ ...question });
  };
  const filter = (column: Column, filters: Filter[]) => {
    const others = question.filters.filter((one) => one.column !== column.name);
    ask({ filters: [...others, ...filters] });
  };

  // above the rows
  const regions = new RegionList(
    { seek: () => traits.set({ seek: true }), choose: (region) => traits.set({ region }) },
    signal
  );
  const line = h('p', { class: 'count', 'aria-live': 'polite' });
  const search = h('input', {
    type: 'search',
    class: 'field search',
    placeholder: 'Search',
    'aria-label': 'Search all columns',
    spellcheck: 'false',
    ...KEYS
  });
  search.value = question.text;
  const type = debounce(signal, TYPING, () => ask({ text: search.value }));
  search.addEventListener('input', type, { signal });
  const words = numbers ? 'Largest difference first' : 'Disagreements';
  const scopes = scopeToggle(question.scope, words, (scope) => ask({ scope }), signal);
  const pairs = new PairChoice((pair) => {
    const others = question.filters.filter(
      ({ column }) => column !== 'teacher' && column !== 'student'
    );
    const both = (['teacher', 'student'] as const).map(
      (column): Filter => ({ column, op: 'is', value: pair ? pair[column] : '' })
    );
    ask({ filters: pair ? [...others, ...both] : others });
  }, signal);
  const chips = new Chips(signal, () => {
    traits.set({ node: null, region: null });
    search.value = '';
    ask({ filters: [], text: '' });
    if (choice.rows.length > 1) choice.clear();
  });

  // the rows
  const head = new Head(
    columns,
    {
      sort: (sort) => ask({ sort }),
      filter,
      open: (column) => {
        if (panel.column === column) return panel.close(true);
        panel.open(column);
        const own = () => question.filters.filter((one) => one.column === column.name);
        source?.count(column, (counted) => panel.fill(counted, own()));
      }
    },
    signal
  );
  const panel = new Panel({ filter, back: (column) => head.focus(column) }, signal);
  const grid = new Grid(
    columns,
    palette(outer),
    head.element,
    { choose: (how, index) => choice.act(how, index, grid.active, source) },
    signal
  );

  const marks = () => {
    head.mark(question);
    pairs.choose(pairOf(question.filters));
    chips.show(chipsNow());
  };
  const chipsNow = (): Chip[] => {
    const made: Chip[] = [];
    const region = traits.get('region') ?? null;
    const found = traits.get('regions')?.found ?? [];
    if (region !== null) {
      const text = `where ${found[region]?.rule ?? `region ${region}`}`;
      const remove = () => traits.set({ region: null });
      made.push({ text, remedy: 'Show the rows of all regions', remove });
    }
    const node = traits.get('node') ?? null;
    if (node !== null) {
      const text = `in ${leaf === 'rule' ? 'rule' : 'node'} ${node}`;
      const remove = () => traits.set({ node: null });
      made.push({ text, remedy: `Show the rows of all ${leaf ?? 'node'}s`, remove });
    }
    for (const { text, without } of narrowings(columns, question)) {
      const remove = () => {
        if (without.text !== undefined) search.value = '';
        ask(without);
      };
      made.push({ text, remedy: 'Remove this filter', remove });
    }
    const chosen = choice.rows.length;
    if (chosen > 1) {
      const text = `${some(chosen, 'rows')} chosen`;
      made.push({ text, remedy: 'Let go of them', remove: () => choice.clear() });
    }
    return made;
  };
  const changed = () => {
    if (!source) return;
    // rows of the last question stay, dimmed, until the new answer is there
    const stale = source.waiting && fromTop;
    grid.element.classList.toggle('waiting', stale);
    if (stale) return;
    const summary = outer.model.get('summary') as { rows?: number } | undefined;
    line.textContent = countLine(source, question, summary?.rows ?? null, numbers);
    grid.renew(source, fromTop);
    fromTop = false;
  };
  const chosen = () => {
    grid.choose(choice.rows);
    chips.show(chipsNow());
  };
  const showRegions = () => {
    const now = traits.get('regions');
    const known = now && 'sought' in now ? (now as Regions) : undefined;
    regions.show(known, traits.get('region') ?? null);
    chips.show(chipsNow());
    // asked for once the rows are on the screen
    const begin = () => traits.set({ seek: true });
    if (live && known && !known.sought && known.unasked) debounce(signal, 250, begin)();
  };

  traits.on(['node', 'region'], () => {
    regions.choose(traits.get('region') ?? null);
    ask({});
  });
  traits.on(['row'], () => {
    const row = traits.get('row') ?? null;
    // in a page nobody else keeps the two in step
    if (!live && row !== null && !choice.rows.includes(row)) traits.set({ rows_chosen: [row] });
    chosen();
  });
  traits.on(['rows_chosen'], chosen);
  traits.on(['regions'], showRegions);
  traits.on(['pairs'], () => pairs.show(traits.get('pairs') ?? [], pairOf(question.filters)));
  pairs.show(traits.get('pairs') ?? [], pairOf(question.filters));
  marks();
  grid.choose(choice.rows);

  const page = traits.get('page') as PagePayload | undefined;
  if (live) {
    const local = (held: PagePayload) =>
      new LocalSource(held, columns, insideOf(traits, held), () => {});
    source = new KernelSource(traits, { ...question }, changed, local);
    changed();
  } else if (page?.row_ids) {
    source = new LocalSource(page, columns, insideOf(traits, page), changed);
    ask({});
    // a page that holds disagreements alone has nothing more to show
    scopes.hidden = !numbers && !holdsAgreement(page, columns);
  }
  showRegions();
  traits.on(['query'], () => {
    // another view of the same table, or Python, has asked something else: show that
    if (!same(questionOf(traits.get('query')), question)) restart();
  });
  const bar = h('div', { class: 'toolbar' }, line, scopes, pairs.element, search);
  return [regions.element, bar, chips.element, panel.element, grid.element];
}

/** What a query asks: where it says nothing, what is asked by default. */
function questionOf(query: Partial<Query> | undefined): Question {
  const { sort = null, filters = [], text = '', scope = 'disagreements' } = query ?? {};
  return { sort, filters, text, scope };
}

const same = ({ sort, filters, text, scope }: Question, other: Question): boolean =>
  JSON.stringify([sort, filters, text, scope]) ===
  JSON.stringify([other.sort, other.filters, other.text, other.scope]);

/** Whether a row that a page holds is in the chosen node and region. */
function insideOf(traits: Traits<DisagreementModel>, page: PagePayload) {
  // Other traits may share the model, and then say more; the view also stands alone.
  const tree = decodeTree(traits.model.get('tree') as Partial<TreePayload> | undefined);
  const regions = page.regions ? decode(page.regions, 'i4') : null;
  return (leaf: number, place: number): boolean => {
    const node = traits.get('node') ?? null;
    const region = traits.get('region') ?? null;
    if (region !== null && regions && !((regions[place] >> region) & 1)) return false;
    return node === null || (tree ? isUnder(tree, leaf, node) : leaf === node);
  };
}

function palette(traits: Traits<DisagreementModel>): Palette {
  const tree = traits.model.get('tree') as Partial<TreePayload> | undefined;
  const common = (traits.model.get('classes') as string[] | undefined) ?? tree?.classes ?? [];
  return (column) => column.classes ?? common;
}

function holdsAgreement(page: PagePayload, columns: Column[]): boolean {
  const at = (name: string) => page.cells[columns.findIndex((column) => column.name === name)];
  const [teacher, student] = [at('teacher'), at('student')];
  return !!teacher && !!student && teacher.some((value, i) => value === student[i]);
}

export default defineView(mount);
