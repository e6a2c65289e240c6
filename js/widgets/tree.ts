import { copier } from '../shared/copy';
import { actOn, h } from '../shared/dom';
import mixesCss from '../shared/mixes.css';
import { type AnyModel, type CommonModel, Traits } from '../shared/model';
import {
  childrenOf,
  conditions,
  decodeTree,
  isLeaf,
  pathTo,
  type Tree,
  type TreePayload
} from '../shared/tree';
import { defineView, guarded, type Mount, sheet } from '../shared/view';
import cardCss from './tree/card.css';
import { detail } from './tree/detail';
import { depthOf, foldToDepth, openingFold, reveal, toggle } from './tree/fold';
import { hoverCard } from './tree/hover';
import { find, searchField } from './tree/search';
import { COLOURS, type Colour } from './tree/shade';
import { Stage } from './tree/stage';
import { toolbar } from './tree/toolbar';
import { type Way, wayTable } from './tree/way';
import css from './tree.css';

export interface TreeModel extends CommonModel {
  // data
  tree: Partial<TreePayload>;
  path: Partial<Way>;
  // view state
  node: number | null;
  row: number | null;
  leaf: number | null;
  folded: number[];
  depth: number | null;
  colour: string;
  search: string;
}

/** The student as a tree to read, fold and walk through; a chosen node is shared as `node`. */
export const mount: Mount = (model: AnyModel, host: HTMLElement, signal: AbortSignal) => {
  const traits = new Traits<TreeModel>(model, signal);
  const stage = new Stage(signal);
  const strip = h('section', {
    class: 'strip',
    'aria-live': 'polite',
    'aria-label': 'Chosen node'
  });
  const frameOf = h('div', { class: 'frame' }, stage.element);
  const hover = hoverCard(frameOf, stage, signal);
  const field = searchField(
    { search: (text) => traits.setSoon({ search: text }), walk: (by) => walkHits(by) },
    signal
  );
  const copying = copier(signal);
  const notes = h('div', { class: 'tree-notes' });
  const way = h('div');
  const bar = toolbar(
    field.element,
    {
      levels: (depth) => tree && fold(foldToDepth(tree, depth), 0),
      colour: (by) => traits.set({ colour: by }),
      row: (row) => traits.set({ row }),
      zoom: (factor) => stage.camera.zoom(factor),
      fit: () => stage.fit()
    },
    signal
  );
  host.classList.add('tree-view');
  host.append(sheet(mixesCss), sheet(css), sheet(cardCss));
  const body = h('div', {}, bar.element, frameOf, notes, strip, way);
  const place = h('div');
  host.append(place);

  let tree: Tree | null = null;
  let tab = 0;
  let folded: ReadonlySet<number> = new Set();
  let hits: number[] = [];
  let hitSet: ReadonlySet<number> = new Set();
  /** Which of the hits was walked to; -1 for none. */
  let at = -1;

  const within = (node: number | null): number | null =>
    tree && node !== null && node >= 0 && node < tree.size ? node : null;

  const picture = () => {
    const leaf = within(traits.get('leaf') ?? null);
    const node = within(traits.get('node') ?? null);
    const lit = new Set(tree && leaf !== null ? pathTo(tree, leaf) : []);
    const by = colourNow();
    return { tree: tree as Tree, folded, node, lit, tab, by, hits: hitSet, now: hits[at] ?? null };
  };
  const colourNow = () => {
    const by = traits.get('colour') as Colour;
    return COLOURS.includes(by) ? by : COLOURS[0];
  };

  const show = (still?: number) => {
    if (!tree) return;
    if (!visible(tab)) tab = pathTo(tree, tab).find((at) => folded.has(at)) ?? 0;
    stage.show(picture(), still);
    const row = traits.get('row') ?? null;
    bar.update({ tree, folded, by: colourNow(), row, live: traits.get('live') });
    field.update(tree, traits.get('search') ?? '', hits, at);
    hover.hide();
  };
  const visible = (node: number) =>
    !!tree &&
    !pathTo(tree, node)
      .slice(0, -1)
      .some((at) => folded.has(at));

  const fold = (nodes: number[], still?: number) => {
    folded = new Set(nodes);
    const depth = tree ? depthOf(tree, folded) : null;
    traits.set({ folded: nodes, depth });
    show(still);
  };

  const lookFor = () => {
    hits = tree ? find(tree, traits.get('search') ?? '') : [];
    hitSet = new Set(hits);
    at = -1;
  };

  /** To the next hit, with all opened that hides it or what it asks. */
  const walkHits = (by: 1 | -1) => {
    if (!tree || !hits.length) return;
    at = at < 0 ? (by > 0 ? 0 : hits.length - 1) : (at + by + hits.length) % hits.length;
    const node = hits[at];
    tab = node;
    const open = reveal(tree, [...folded], node).filter((shut) => shut !== node);
    if (open.length !== folded.size) fold(open, 0);
    else show();
    for (const child of childrenOf(tree, node)) stage.reach(child);
    stage.reach(node);
  };

  const choose = (node: number | null) => {
    const before = traits.get('node') ?? null;
    const next = node === before ? null : node;
    if (node !== null) tab = node;
    if (next !== before) traits.set({ node: next });
  };

  const walk = (node: number | undefined) => {
    if (node === undefined || node < 0) return;
    tab = node;
    show();
    stage.reach(node);
    stage.focus(node);
    hover.show(node, { tree: tree as Tree, folded });
  };

  const drawStrip = () => {
    if (!tree) return;
    const node = within(traits.get('node') ?? null);
    strip.replaceChildren(
      ...(node === null
        ? [h('p', { class: 'dim hint' }, 'Choose a node to read its whole rule.')]
        : detail(tree, node, folded.has(node)))
    );
    strip.classList.toggle('filled', node !== null);
    if (node === null) return;
    strip.append(copying.element);
    copying.offer('Copy rule', conditions(tree, node, true).join(' and ') || 'all rows');
  };

  const drawWay = () => {
    const leaf = within(traits.get('leaf') ?? null);
    const table = tree && leaf !== null ? wayTable(tree, traits.get('path') ?? {}, leaf) : null;
    way.replaceChildren(...(table ? [table] : []));
  };

  const load = () =>
    guarded(place, () => {
      const first = tree === null;
      tree = decodeTree(traits.get('tree'));
      if (!tree) {
        place.replaceChildren(h('p', { class: 'empty' }, 'There is no tree yet.'));
        return;
      }
      tab = 0;
      if (body.parentNode !== place) place.replaceChildren(body);
      const given = (traits.get('folded') ?? []).filter((node) => within(node) !== null);
      const asked = given.length > 0 || (traits.get('depth') ?? null) !== null;
      const chosen = first && asked ? given : openingFold(tree);
      folded = new Set(chosen);
      if (String(chosen) !== String(traits.get('folded') ?? [])) traits.set({ folded: chosen });
      tab = within(traits.get('node') ?? null) ?? 0;
      lookFor();
      notes.replaceChildren(...tree.notes.map((text) => h('p', { class: 'dim' }, text)));
      // a host may place the view after it is made: then the first size that it gets draws it
      if (stage.element.isConnected) stage.load(picture());
      followLeaf();
      drawStrip();
      drawWay();
    });

  /** Lights the way to the leaf of a row chosen elsewhere, unfolded as far as needed. */
  const followLeaf = () => {
    const leaf = within(traits.get('leaf') ?? null);
    if (tree && leaf !== null && !visible(leaf)) fold(reveal(tree, [...folded], leaf), 0);
    else show();
    if (leaf !== null) stage.reach(leaf);
  };

  const keys = (event: KeyboardEvent) => {
    if (!tree || event.ctrlKey || event.metaKey || event.altKey) return;
    const { order } = stage;
    const place = order.indexOf(tab);
    const shut = folded.has(tab);
    const inner = !isLeaf(tree, tab);
    const acts: Record<string, () => void> = {
      ArrowDown: () => walk(order[place + 1]),
      ArrowUp: () => walk(order[place - 1]),
      ArrowRight: () => {
        if (shut) fold(toggle([...folded], tab), tab);
        else if (inner) walk(childrenOf(tree as Tree, tab)[0]);
      },
      ArrowLeft: () => {
        if (inner && !shut) fold(toggle([...folded], tab), tab);
        else walk((tree as Tree).parent[tab]);
      },
      Home: () => walk(order[0]),
      End: () => walk(order.at(-1)),
      Enter: () => choose(tab),
      ' ': () => choose(tab),
      Escape: () => choose(null),
      '+': () => stage.camera.zoom(1.25),
      '-': () => stage.camera.zoom(1 / 1.25),
      '0': () => stage.fit()
    };
    actOn(event, acts);
  };

  const click = (event: MouseEvent) => {
    const node = stage.hit(event);
    if (node === null || !tree) return;
    tab = node;
    if ((event.target as Element).closest('.handle')) fold(toggle([...folded], node), node);
    else choose(node);
    stage.focus(tab);
  };

  stage.svg.addEventListener('keydown', keys, { signal });
  stage.svg.addEventListener('click', click, { signal });
  hover.listen(() => tree && { tree, folded });
  traits.on(['tree'], load);
  traits.on(['node'], () => {
    const node = within(traits.get('node') ?? null);
    if (tree && node !== null && !visible(node)) fold(reveal(tree, [...folded], node), 0);
    else show();
    if (node !== null) stage.reach(node);
    drawStrip();
  });
  traits.on(['leaf'], followLeaf);
  // the way comes with its leaf, in either order
  traits.on(['leaf', 'path'], drawWay);
  traits.on(['colour', 'row'], () => show());
  traits.on(['search'], () => {
    lookFor();
    show();
  });
  traits.on(['folded'], () => {
    const given = traits.get('folded') ?? [];
    if (String(given) === String([...folded])) return;
    folded = new Set(given);
    show(0);
    drawStrip();
  });

  const resize = new ResizeObserver(() => {
    const { width: before } = stage.camera.room;
    const { width: now } = stage.measure();
    if (!tree || now === before || !now || stage.camera.moved) return;
    const first = before === 0;
    stage.load(picture());
    const leaf = within(traits.get('leaf') ?? null);
    if (first && leaf !== null) stage.reach(leaf);
  });
  resize.observe(stage.element);
  signal.addEventListener('abort', () => resize.disconnect(), { once: true });
  load();
};

export default defineView(mount);
