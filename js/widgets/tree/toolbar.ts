import { h, KEYS, listen, onEntered, square } from '../../shared/dom';
import { brief } from '../../shared/format';
import { classItems, item, makeLegend } from '../../shared/legend';
import { answer, type Numbers, type Tree } from '../../shared/tree';
import { INKS } from './card';
import { deepest, depthOf } from './fold';
import { COLOURS, type Colour, scale } from './shade';

interface Acts {
  levels: (depth: number) => void;
  colour: (by: Colour) => void;
  row: (row: number | null) => void;
  zoom: (factor: number) => void;
  fit: () => void;
}

export interface Shown {
  tree: Tree;
  folded: ReadonlySet<number>;
  by: Colour;
  row: number | null;
  live: boolean;
}

/** What the bars of a regression show, and the range that they stand on. */
function bars({ names }: Tree, { low, high }: Numbers): HTMLElement[] {
  const range = `bars: ${brief(low, low, high)} to ${brief(high, low, high)}`;
  return [
    item(`${names[0]}, mean`, square(INKS.teacher)),
    item(names[1], square(INKS.student)),
    h('li', { class: 'dim' }, range)
  ];
}

/** The classes that either model names at some node. */
function namedIn(tree: Tree): Set<number> {
  const named = new Set<number>();
  for (let node = 0; node < tree.size; node++) {
    named.add(answer(tree, tree.student, node)[0]);
    named.add(answer(tree, tree.teacher, node)[0]);
  }
  return named;
}

/** Colours and levels shown, zoom, and the legends; told of each new state by `update`. */
export function toolbar(find: HTMLElement, acts: Acts, signal: AbortSignal) {
  const legend = makeLegend(signal);
  const colours = h('ul', { class: 'items colours' });
  const levels = h('select', { class: 'button', ...KEYS });
  const of = h('span', { class: 'dim' });
  const by = h('select', { class: 'button', ...KEYS });
  const row = h('input', { class: 'button', type: 'number', min: 0, step: 1, ...KEYS });
  const button = (text: string, label: string, act: () => void) => {
    const made = h('button', { class: 'button', type: 'button', title: label }, text);
    if (text.length === 1) made.setAttribute('aria-label', label);
    listen(made, signal, { click: act });
    return made;
  };
  listen(levels, signal, { change: () => acts.levels(Number(levels.value)) });
  listen(by, signal, { change: () => acts.colour(by.value as Colour) });
  const choose = () => acts.row(row.value === '' ? null : Number(row.value));
  onEntered(row, choose, signal);
  listen(row, signal, { keydown: (event) => event.stopPropagation() });
  const dim = (text: string) => h('span', { class: 'dim' }, text);
  const rowField = h('label', { class: 'field pick' }, dim('row'), row);
  const levelField = h('label', { class: 'field' }, dim('show'), levels, of);
  const element = h(
    'div',
    { class: 'head' },
    h(
      'div',
      { class: 'toolbar' },
      find,
      rowField,
      h('label', { class: 'field' }, dim('colour'), by),
      levelField,
      h(
        'div',
        { class: 'zoom', role: 'group', 'aria-label': 'Zoom' },
        button('−', 'Zoom out', () => acts.zoom(1 / 1.25)),
        button('+', 'Zoom in', () => acts.zoom(1.25)),
        button('Fit', 'Fit the whole tree', acts.fit)
      )
    ),
    legend.element,
    colours
  );

  let drawn: Tree | null = null;
  let shaded = '';
  const option = (value: number | string, text: string) => h('option', { value }, text);
  const renew = (tree: Tree, depth: number) => {
    drawn = tree;
    shaded = '';
    if (tree.numbers) legend.draw('Bars', bars(tree, tree.numbers));
    else legend.draw('Classes', classItems(tree.classes, namedIn(tree)));
    levels.replaceChildren(
      h('option', { value: -1, hidden: true }, 'some'),
      ...Array.from({ length: depth }, (_, d) =>
        d + 1 === depth ? option(depth, 'all') : option(d + 1, String(d + 1))
      )
    );
    of.textContent = `of ${depth} levels`;
    const names = {
      student: tree.names[1],
      teacher: tree.names[0],
      agreement: tree.numbers ? 'error' : 'agreement'
    };
    by.replaceChildren(...COLOURS.map((name) => option(name, names[name])));
  };
  const update = ({ tree, folded, by: now, row: chosen, live }: Shown) => {
    const depth = deepest(tree);
    if (tree !== drawn) renew(tree, depth);
    levelField.hidden = depth < 2;
    levels.value = String(depthOf(tree, folded) ?? -1);
    by.value = now;
    rowField.hidden = !live || !tree.rows;
    if (tree.rows) row.max = String(tree.rows - 1);
    row.title = tree.rows ? `A row by its position, 0 to ${tree.rows - 1}` : '';
    const text = chosen === null ? '' : String(chosen);
    if (row.value !== text) row.value = text;
    if (shaded === now) return;
    shaded = now;
    const { title, steps, note } = scale(tree, now);
    colours.setAttribute('aria-label', title);
    colours.replaceChildren(
      h('li', { class: 'dim' }, `${title}, ${note}`),
      ...steps.map(({ fill, name }) => item(name, square(fill)))
    );
  };
  return { element, update };
}
