import { h, KEYS } from '../shared/dom';
import { count } from '../shared/format';
import { type CommonModel, Traits } from '../shared/model';
import { debounce } from '../shared/schedule';
import { decodeTree, isUnder, type Tree, type TreePayload } from '../shared/tree';
import { defineView, guarded, type Mount, sheet } from '../shared/view';
import type { Palette } from './disagreement/cells';
import { Grid } from './disagreement/grid';
import { makeHead } from './disagreement/head';
import { KernelSource } from './disagreement/kernel';
import { LocalSource } from './disagreement/local';
import type {
  Column,
  PagePayload,
  Query,
  Question,
  Row,
  Scope,
  Source
} from './disagreement/types';
import css from './disagreement.css';

export interface DisagreementModel extends CommonModel {
  // data
  columns: Column[];
  page: Partial<PagePayload>;
  // view state
  row: number | null;
  node: number | null;
  leaf: number | null;
  // intent
  query: Partial<Query>;
}

/** The rows where teacher and student part (or all), to sort, filter and choose from. */
export const mount: Mount = (model, host, signal) => {
  const traits = new Traits<DisagreementModel>(model, signal);
  host.classList.add('disagreement-view');
  const place = h('div');
  host.append(sheet(css), place);
  let redraw = new AbortController();
  signal.addEventListener('abort', () => redraw.abort(), { once: true });
  const start = () => {
    // other columns mean another table: begin again, with nothing left of the old one
    redraw.abort();
    redraw = new AbortController();
    guarded(place, () => place.replaceChildren(...table(traits, redraw.signal, start)));
  };
  traits.on(['columns', 'live'], start);
  traits.on(['page'], () => {
    if (!traits.get('live')) start();
  });
  start();
};

function table(
  outer: Traits<DisagreementModel>,
  signal: AbortSignal,
  restart: () => void
): HTMLElement[] {
  const traits = new Traits<DisagreementModel>(outer.model, signal);
  const columns = traits.get('columns') ?? [];
  if (!columns.length) return [h('p', { class: 'empty' }, 'There are no rows yet.')];
  const live = traits.get('live');
  const given = traits.get('query') ?? {};
  const question: Question = {
    sort: given.sort ?? null,
    filters: given.filters ?? [],
    text: given.text ?? '',
    scope: given.scope ?? 'disagreements'
  };

  const line = h('p', { class: 'count', 'aria-live': 'polite' });
  const chip = h('button', { type: 'button', class: 'button chip', hidden: true, ...KEYS });
  chip.addEventListener('click', () => traits.set({ node: null }), { signal });
  const search = h('input', {
    type: 'search',
    class: 'field search',
    placeholder: 'Search',
    'aria-label': 'Search all columns',
    spellcheck: 'false',
    ...KEYS
  });
  search.value = question.text;
  const type = debounce(signal, 200, () => ask({ text: search.value }));
  search.addEventListener('input', type, { signal });
  // numbers hardly ever agree to the last digit: all rows, the largest difference first
  const numbers = columns.some(({ name, kind }) => name === 'teacher' && kind === 'numeric');
  const words = numbers ? 'Largest difference first' : 'Disagreements';
  const scopes = scopeToggle(question.scope, words, (scope) => ask({ scope }), signal);

  let source: Source | null = null;
  let fromTop = true;
  let head: ReturnType<typeof makeHead> | null = null;
  const changed = () => {
    if (!source) return;
    // rows of the last question stay, dimmed, until the new answer is there
    const stale = source.waiting && fromTop;
    grid.element.classList.toggle('waiting', stale);
    if (stale) return;
    line.textContent = countLine(source, question, outer, numbers);
    grid.renew(source, fromTop);
    fromTop = false;
  };
  const ask = (patch: Partial<Question>) => {
    Object.assign(question, patch);
    head?.mark(question.sort);
    fromTop = true;
    source?.ask({ ...question });
  };
  const choose = (row: Row | null) => {
    const again = row === null || row.id === traits.get('row');
    traits.set(again ? { row: null, leaf: null } : { row: row.id, leaf: row.leaf });
  };

  head = makeHead(
    columns,
    question,
    { sort: (sort) => ask({ sort }), filter: (filters) => ask({ filters }) },
    signal
  );
  const grid = new Grid(columns, palette(outer), head.element, { choose }, signal);

  const node = () => {
    const now = traits.get('node') ?? null;
    chip.hidden = now === null;
    const text = `in node: ${now}`;
    chip.replaceChildren(text, h('span', { 'aria-hidden': 'true' }, '×'));
    chip.setAttribute('aria-label', `${text}. Show the rows of all nodes`);
  };
  traits.on(['node'], () => {
    node();
    ask({});
  });
  traits.on(['row'], () => grid.choose(traits.get('row') ?? null));
  grid.choose(traits.get('row') ?? null);
  node();

  const page = traits.get('page') as PagePayload | undefined;
  if (live) {
    source = new KernelSource(traits, { ...question }, changed);
    changed();
  } else if (page?.row_ids) {
    const tree = treeOf(outer);
    const inNode = (leaf: number) => {
      const now = traits.get('node') ?? null;
      return now === null || (tree ? isUnder(tree, leaf, now) : leaf === now);
    };
    source = new LocalSource(page, columns, inNode, changed);
    ask({});
    // a page that holds disagreements alone has nothing more to show
    scopes.hidden = !holdsAgreement(page, columns);
  }
  traits.on(['query'], () => {
    // another view of the same table has asked something else: show that
    const now = traits.get('query');
    if (now?.ticket && !same(now as Query, question)) restart();
  });
  const bar = h('div', { class: 'toolbar' }, line, chip, scopes, search);
  return [bar, grid.element];
}

const same = ({ sort, filters, text, scope }: Question, other: Question): boolean =>
  JSON.stringify([sort, filters, text, scope]) ===
  JSON.stringify([other.sort, other.filters, other.text, other.scope]);

// Other traits may share the model, and then say more; the view also stands alone.

function treeOf(traits: Traits<DisagreementModel>): Tree | null {
  return decodeTree(traits.model.get('tree') as Partial<TreePayload> | undefined);
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

function countLine(
  source: Source,
  question: Question,
  traits: Traits<DisagreementModel>,
  numbers: boolean
) {
  const summary = traits.model.get('summary') as { rows?: number } | undefined;
  const parted = question.scope === 'disagreements' && !numbers;
  const whole = source.rows ?? summary?.rows ?? null;
  const what = parted ? 'where they part' : '';
  const unit = source.all === 1 && source.total === 1 ? 'row' : 'rows';
  const cut = source.total === source.all ? '' : ` of ${count(source.all)}`;
  const rest = parted && whole !== null ? `, of ${count(whole)}` : '';
  return `${count(source.total)}${cut} ${unit} ${what}`.trim() + rest;
}

function scopeToggle(
  first: Scope,
  apart: string,
  act: (scope: Scope) => void,
  signal: AbortSignal
): HTMLElement {
  const words: [Scope, string][] = [
    ['disagreements', apart],
    ['all', 'All rows']
  ];
  const buttons = words.map(([scope, word]) => {
    const pressed = String(scope === first);
    const made = h('button', { type: 'button', class: 'button', 'aria-pressed': pressed }, word);
    made.addEventListener(
      'click',
      () => {
        for (const other of buttons) other.setAttribute('aria-pressed', String(other === made));
        act(scope);
      },
      { signal }
    );
    return made;
  });
  return h('div', { class: 'scopes', role: 'group', 'aria-label': 'Rows shown' }, ...buttons);
}

export default defineView(mount);
