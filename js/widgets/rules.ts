import { copier } from '../shared/copy';
import { actOn, attr, h, isPlain, KEYS, swatch } from '../shared/dom';
import mixesCss from '../shared/mixes.css';
import { type CommonModel, Traits } from '../shared/model';
import { debounce, frame } from '../shared/schedule';
import { defineView, guarded, type Mount, sheet } from '../shared/view';
import { detail } from './rules/detail';
import detailCss from './rules/detail.css';
import { asked, line } from './rules/line';
import {
  answer,
  type Decided,
  decodeRules,
  found,
  type Rules,
  type RulesPayload,
  reading,
  type Sort,
  sentence,
  whole,
  written
} from './rules/list';
import { Lines } from './rules/window';
import css from './rules.css';

export interface RulesModel extends CommonModel {
  // data
  rules: Partial<RulesPayload>;
  decided: Partial<Decided>;
  // view state
  rule: number | null;
  node: number | null;
  row: number | null;
  leaf: number | null;
  sort: Sort;
  filter: string;
}

/** Rules as people read them; a chosen one is shared as `rule`, and as `node` of the student. */
export const mount: Mount = (model, host, signal) => {
  const traits = new Traits<RulesModel>(model, signal);
  const place = h('div');
  host.classList.add('rules-view');
  host.append(sheet(mixesCss), sheet(detailCss), sheet(css), place);
  let redraw = new AbortController();
  signal.addEventListener('abort', () => redraw.abort(), { once: true });
  const start = () => {
    redraw.abort();
    redraw = new AbortController();
    guarded(place, () => {
      const rules = decodeRules(traits.get('rules'));
      const empty = h('p', { class: 'empty' }, 'There are no rules yet.');
      place.replaceChildren(...(rules ? view(rules, traits, redraw.signal) : [empty]));
    });
  };
  traits.on(['rules'], start);
  start();
};

const SORTS: [Sort, string][] = [
  ['list', 'their own order'],
  ['support', 'most rows first'],
  ['agreement', 'worst agreement first']
];
/** Lines that PageUp and PageDown pass over. */
const PAGE = 10;

function view(rules: Rules, outer: Traits<RulesModel>, signal: AbortSignal): HTMLElement[] {
  const traits = new Traits<RulesModel>(outer.model, signal);
  const lines = new Map<number, HTMLElement>();
  let shown: number[] = [];
  let tab = 0;

  const within = (value: number | null | undefined): number | null =>
    value !== null && value !== undefined && value >= 0 && value < rules.size ? value : null;
  const decided = (): Decided | null => {
    const now = traits.get('decided');
    // another row was chosen, and the kernel has not answered yet
    return now?.tests && now.row === traits.get('row') ? (now as Decided) : null;
  };

  const tally = h('p', { class: 'count', 'aria-live': 'polite' });
  const chip = h('button', { type: 'button', class: 'button chip', hidden: true, ...KEYS });
  chip.addEventListener('click', () => traits.set({ row: null, leaf: null }), { signal });
  const sorting = sortField(rules);
  sorting.addEventListener('change', () => traits.set({ sort: sorting.value as Sort }), { signal });
  const [search, names] = searchField(rules);
  const typed = debounce(signal, 150, () => traits.set({ filter: search.value }));
  search.addEventListener('input', typed, { signal });

  const grid = h(
    'div',
    {
      role: 'grid',
      class: 'grid',
      style: room(rules),
      'aria-label': 'Rules of the student',
      ...KEYS
    },
    heads(rules)
  );
  const list = new Lines(
    grid,
    (place, index) => lineOf(place, index),
    // a line that is out of sight and not there leaves the tab stop to the list
    () => attr(grid, { tabindex: lines.get(tab)?.isConnected === false ? 0 : -1 }),
    signal
  );
  grid.append(list.body);
  const nothing = h('p', { class: 'empty', hidden: true }, 'No rule holds these words.');
  const about = h('section', {
    class: 'strip',
    'aria-live': 'polite',
    'aria-label': 'Chosen rule'
  });
  const copying = copier(signal);
  const strip = h('div', { class: 'foot' }, about, copying.element);

  const lineOf = (place: number, index: number): HTMLElement => {
    let made = lines.get(place);
    if (!made) {
      made = line(rules, place);
      made.dataset.place = String(place);
      lines.set(place, made);
      markRow(place, made, decided());
      attr(made, { 'aria-selected': String(place === within(traits.get('rule'))) });
    }
    attr(made, { 'aria-rowindex': index + 2, tabindex: place === tab ? 0 : -1 });
    return made;
  };
  const show = () => {
    const [sort, filter] = [traits.get('sort') ?? 'list', traits.get('filter') ?? ''];
    if (sorting.value !== sort) sorting.value = sort;
    if (search.value !== filter) search.value = filter;
    shown = found(rules, sort, filter);
    tally.textContent = reading(rules, shown.length);
    attr(grid, { 'aria-rowcount': shown.length + 1 });
    nothing.hidden = shown.length > 0;
    grid.hidden = shown.length === 0;
    if (!shown.includes(tab)) moveTab(shown[0] ?? 0);
    grid.scrollTop = 0;
    list.show(shown);
  };
  const moveTab = (place: number) => {
    lines.get(tab)?.setAttribute('tabindex', '-1');
    tab = place;
    lines.get(tab)?.setAttribute('tabindex', '0');
  };

  /** What the row meets in a rule; those after the one that decides are not asked. */
  const markRow = (place: number, made: HTMLElement, row: Decided | null) => {
    const cell = made.querySelector('.asked') as HTMLElement;
    cell.replaceChildren(...asked(rules, place, row));
    const decides = row?.rule === place;
    made.classList.toggle('decides', decides);
    made.classList.toggle('unasked', row !== null && rules.ordered && place > row.rule);
    if (decides) {
      cell.append(h('span', { class: 'verdict' }, `decides row ${row.row}`));
    }
  };
  const showRow = () => {
    const row = decided();
    for (const [place, made] of lines) markRow(place, made, row);
    chip.hidden = row === null;
    if (row) {
      const text = `row ${row.row}: rule ${row.rule + 1}`;
      chip.replaceChildren(text, h('span', { 'aria-hidden': 'true' }, '×'));
      chip.setAttribute('aria-label', `${text} decides it. Choose no row`);
      if (shown.includes(row.rule)) list.reach(row.rule);
    }
    showRule();
  };
  const showRule = () => {
    const chosen = within(traits.get('rule'));
    for (const [place, made] of lines) attr(made, { 'aria-selected': String(place === chosen) });
    about.classList.toggle('filled', chosen !== null);
    if (chosen === null) {
      about.replaceChildren(
        h('p', { class: 'dim hint' }, 'Choose a rule to see its numbers and its rows.')
      );
      copying.offer('Copy all rules', whole(rules));
      return;
    }
    about.replaceChildren(...detail(rules, chosen, decided()));
    copying.offer(`Copy rule ${chosen + 1}`, sentence(rules, chosen));
  };

  const choose = (place: number | null) => {
    const again = place === null || place === within(traits.get('rule'));
    traits.set(again ? { rule: null, node: null } : { rule: place, node: rules.nodes[place] });
  };
  const walk = (index: number) => {
    const place = shown[Math.max(0, Math.min(index, shown.length - 1))];
    if (place === undefined) return;
    moveTab(place);
    list.reach(place);
    lines.get(place)?.focus({ preventScroll: true });
  };

  list.body.addEventListener(
    'click',
    (event) => {
      const made = (event.target as Element).closest<HTMLElement>('.line');
      // marking text with the pointer chooses nothing
      if (!made || String(globalThis.getSelection?.() ?? '')) return;
      const at = Number(made.dataset.place);
      moveTab(at);
      made.focus({ preventScroll: true });
      choose(at);
    },
    { signal }
  );
  grid.addEventListener(
    'keydown',
    (event) => {
      if (!isPlain(event)) return;
      const at = shown.indexOf(tab);
      const acts: Record<string, () => void> = {
        ArrowDown: () => walk(at + 1),
        ArrowUp: () => walk(at - 1),
        PageDown: () => walk(at + PAGE),
        PageUp: () => walk(at - PAGE),
        Home: () => walk(0),
        End: () => walk(shown.length - 1),
        Enter: () => choose(tab),
        ' ': () => choose(tab),
        Escape: () => choose(null)
      };
      actOn(event, acts);
    },
    { signal }
  );

  traits.on(['sort', 'filter'], show);
  traits.on(['rule'], () => {
    showRule();
    const chosen = within(traits.get('rule'));
    if (chosen !== null && shown.includes(chosen)) {
      moveTab(chosen);
      list.reach(chosen);
    }
  });
  traits.on(['node'], () => {
    // chosen elsewhere: a node inside a tree is no rule
    const at = rules.nodes.indexOf(traits.get('node') ?? -1);
    const rule = at < 0 ? null : at;
    if (rule !== within(traits.get('rule'))) traits.set({ rule });
  });
  traits.on(['row', 'decided'], showRow);
  tab = within(traits.get('rule')) ?? 0;
  show();
  showRow();
  frame(signal, () => list.reach(decided()?.rule ?? tab))();
  const controls = h(
    'div',
    { class: 'controls' },
    sorting.parentElement as HTMLElement,
    search,
    names
  );
  return [
    h('div', { class: 'toolbar' }, tally, chip, controls),
    legend(rules),
    grid,
    nothing,
    strip
  ];
}

/** The column of answers is as wide as the longest one asks, within bounds; words stay whole. */
function room(rules: Rules): string {
  const answers = new Set(rules.conditions.map((_, place) => answer(rules, place)));
  const asks = (texts: string[], most: number) =>
    Math.min(most, Math.max(64, 18 + 8 * Math.max(...texts.map((text) => text.length))));
  const words = [...answers].flatMap((text) => text.split(/\s/));
  return `--says:${Math.max(asks([...answers], 144), asks(words, 208))}px`;
}

function sortField(rules: Rules): HTMLSelectElement {
  const options = SORTS.map(([value, words]) =>
    h('option', { value }, rules.numbers && value === 'agreement' ? 'largest error first' : words)
  );
  const field = h('select', { class: 'field', ...KEYS }, ...options);
  h('label', { class: 'dim sorting' }, 'Sort by ', field);
  return field;
}

function searchField(rules: Rules): [HTMLInputElement, HTMLElement] {
  const names = h(
    'datalist',
    { id: 'rule-columns' },
    ...rules.columns.map((value) => h('option', { value }))
  );
  const field = h('input', {
    type: 'search',
    class: 'field search',
    placeholder: 'Column or words',
    'aria-label': 'Show rules that hold these words',
    list: 'rule-columns',
    spellcheck: 'false',
    ...KEYS
  });
  return [field, names];
}

function heads(rules: Rules): HTMLElement {
  const head = (name: string, ...text: (Node | string)[]) =>
    h('div', { role: 'columnheader', class: name }, ...text);
  const { numbers } = rules;
  const range = numbers ? ` ${written(rules, numbers.low)} to ${written(rules, numbers.high)}` : '';
  return h(
    'div',
    { role: 'rowgroup', class: 'head' },
    h(
      'div',
      { role: 'row', class: 'heads', 'aria-rowindex': 1 },
      head('no', h('span', { class: 'unseen' }, 'number')),
      head('asked', 'rule'),
      head('says', 'says'),
      head('mix', numbers ? `mean, from${range}` : 'class mix'),
      head('rows', 'rows'),
      head('fit', numbers ? 'error (RMS)' : 'agreement')
    )
  );
}

/** What colours and shapes stand for. */
function legend(rules: Rules): HTMLElement {
  const items = rules.classes.map((name, j) => h('span', { class: 'item' }, swatch(j), name));
  const words = rules.numbers
    ? 'hollow: mean of the teacher; filled: what the rule says, with the error to either side'
    : 'tall, and in figures: the class that the rule names';
  return h('p', { class: 'legend' }, ...items, h('span', { class: 'dim' }, words));
}

export default defineView(mount);
