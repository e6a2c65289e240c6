import { h, KEYS, swatch } from '../../shared/dom';
import { brief } from '../../shared/format';
import type { Numbers, Tree } from '../../shared/tree';
import { INKS } from './card';
import { deepest, depthOf } from './fold';

interface Acts {
  levels: (depth: number) => void;
  zoom: (factor: number) => void;
  fit: () => void;
}

const item = (name: string, square: HTMLElement): HTMLElement =>
  h('li', { title: name }, square, h('span', {}, name));

/** What the bars of a regression show, and the range that they stand on. */
function bars({ low, high }: Numbers): HTMLElement[] {
  const square = (ink: string) => h('i', { class: 'swatch', style: `background:${ink}` });
  const range = `bars: ${brief(low, low, high)} to ${brief(high, low, high)}`;
  return [
    item('teacher, mean', square(INKS.teacher)),
    item('student', square(INKS.student)),
    h('li', { class: 'dim' }, range)
  ];
}

/** Legend, levels shown and zoom; made once, told of each new state by `update`. */
export function toolbar(acts: Acts, signal: AbortSignal) {
  const legend = h('ul', { class: 'legend', 'aria-label': 'Classes' });
  const levels = h('select', { class: 'button', ...KEYS });
  const button = (text: string, label: string, act: () => void) => {
    const made = h('button', { class: 'button', type: 'button', title: label }, text);
    if (text.length === 1) made.setAttribute('aria-label', label);
    made.addEventListener('click', act, { signal });
    return made;
  };
  levels.addEventListener('change', () => acts.levels(Number(levels.value)), { signal });
  const element = h(
    'div',
    { class: 'toolbar' },
    legend,
    h('label', { class: 'levels' }, h('span', { class: 'dim' }, 'levels'), levels),
    h(
      'div',
      { class: 'zoom', role: 'group', 'aria-label': 'Zoom' },
      button('−', 'Zoom out', () => acts.zoom(1 / 1.25)),
      button('+', 'Zoom in', () => acts.zoom(1.25)),
      button('Fit', 'Fit the whole tree', acts.fit)
    )
  );

  let drawn: Tree | null = null;
  const update = (tree: Tree, folded: ReadonlySet<number>) => {
    const depth = deepest(tree);
    if (tree !== drawn) {
      drawn = tree;
      legend.setAttribute('aria-label', tree.numbers ? 'Bars' : 'Classes');
      legend.replaceChildren(
        ...(tree.numbers
          ? bars(tree.numbers)
          : tree.classes.map((name, j) => item(name, swatch(j))))
      );
      const option = (value: number, text: string) => h('option', { value }, text);
      levels.replaceChildren(
        h('option', { value: -1, hidden: true }, 'some'),
        ...Array.from({ length: depth }, (_, d) =>
          d + 1 === depth ? option(depth, 'all') : option(d + 1, String(d + 1))
        )
      );
    }
    (levels.parentElement as HTMLElement).hidden = depth < 2;
    levels.value = String(depthOf(tree, folded) ?? -1);
  };
  return { element, update };
}
