import { h } from '../shared/dom';
import { type AnyModel, type CommonModel, Traits } from '../shared/model';
import {
  childrenOf,
  decodeTree,
  isLeaf,
  pathTo,
  type Tree,
  type TreePayload
} from '../shared/tree';
import { defineView, guarded, type Mount, sheet } from '../shared/view';
import { detail } from './tree/detail';
import { foldToDepth, openingFold, reveal, toggle } from './tree/fold';
import { hoverCard } from './tree/hover';
import { Stage } from './tree/stage';
import { toolbar } from './tree/toolbar';
import css from './tree.css';

export interface TreeModel extends CommonModel {
  // data
  tree: Partial<TreePayload>;
  // view state
  node: number | null;
  row: number | null;
  leaf: number | null;
  folded: number[];
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
  const bar = toolbar(
    {
      levels: (depth) => tree && fold(foldToDepth(tree, depth), 0),
      zoom: (factor) => stage.camera.zoom(factor),
      fit: () => stage.fit()
    },
    signal
  );
  host.classList.add('tree-view');
  host.append(sheet(css));
  const body = h('div', {}, bar.element, frameOf, strip);
  const place = h('div');
  host.append(place);

  let tree: Tree | null = null;
  let tab = 0;
  let folded: ReadonlySet<number> = new Set();

  const within = (node: number | null): number | null =>
    tree && node !== null && node >= 0 && node < tree.size ? node : null;

  const picture = () => {
    const leaf = within(traits.get('leaf') ?? null);
    const node = within(traits.get('node') ?? null);
    const lit = new Set(tree && leaf !== null ? pathTo(tree, leaf) : []);
    return { tree: tree as Tree, folded, node, lit, tab };
  };

  const show = (still?: number) => {
    if (!tree) return;
    if (!visible(tab)) tab = pathTo(tree, tab).find((at) => folded.has(at)) ?? 0;
    stage.show(picture(), still);
    bar.update(tree, folded);
    hover.hide();
  };
  const visible = (node: number) =>
    !!tree &&
    !pathTo(tree, node)
      .slice(0, -1)
      .some((at) => folded.has(at));

  const fold = (nodes: number[], still?: number) => {
    folded = new Set(nodes);
    traits.set({ folded: nodes });
    show(still);
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
    hover.show(node, tree as Tree);
  };

  const drawStrip = () => {
    if (!tree) return;
    const node = within(traits.get('node') ?? null);
    strip.replaceChildren(
      ...(node === null
        ? [h('p', { class: 'dim hint' }, 'Choose a node to read its whole rule.')]
        : detail(tree, node))
    );
    strip.classList.toggle('filled', node !== null);
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
      const chosen = first && given.length ? given : openingFold(tree);
      folded = new Set(chosen);
      if (String(chosen) !== String(traits.get('folded') ?? [])) traits.set({ folded: chosen });
      tab = within(traits.get('node') ?? null) ?? 0;
      stage.load(picture());
      show();
      drawStrip();
      followLeaf();
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
    const at = order.indexOf(tab);
    const shut = folded.has(tab);
    const inner = !isLeaf(tree, tab);
    const acts: Record<string, () => void> = {
      ArrowDown: () => walk(order[at + 1]),
      ArrowUp: () => walk(order[at - 1]),
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
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
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
  hover.listen(() => tree);
  traits.on(['tree'], load);
  traits.on(['node'], () => {
    const node = within(traits.get('node') ?? null);
    if (tree && node !== null && !visible(node)) fold(reveal(tree, [...folded], node), 0);
    else show();
    if (node !== null) stage.reach(node);
    drawStrip();
  });
  traits.on(['leaf'], followLeaf);
  traits.on(['folded'], () => {
    const given = traits.get('folded') ?? [];
    if (String(given) === String([...folded])) return;
    folded = new Set(given);
    show(0);
  });

  let width = 0;
  const resize = new ResizeObserver(() => {
    const now = stage.element.clientWidth;
    if (!tree || now === width || !now) return;
    const first = width === 0;
    width = now;
    if (stage.camera.moved) return;
    stage.load(picture());
    const leaf = within(traits.get('leaf') ?? null);
    if (first && leaf !== null) stage.reach(leaf);
  });
  resize.observe(stage.element);
  signal.addEventListener('abort', () => resize.disconnect(), { once: true });
  load();
};

export default defineView(mount);
