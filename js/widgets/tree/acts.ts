import { actOn, isPlain, listen } from '../../shared/dom';
import { childrenOf, isLeaf, type Tree } from '../../shared/tree';
import { depthOf, reveal, toggle } from './fold';
import type { Stage } from './stage';
import type { State } from './state';

/**
 * What a person does to the tree, with pointer, keys or a search. `show` draws the state, the card
 * that is given keeping its place; `glance` tells of a node that the keys have walked to.
 */
export function makeActs(
  state: State,
  stage: Stage,
  show: (still?: number) => void,
  glance: (node: number) => void,
  signal: AbortSignal
) {
  const fold = (nodes: number[], still?: number) => {
    state.folded = new Set(nodes);
    const depth = state.tree ? depthOf(state.tree, state.folded) : null;
    state.traits.set({ folded: nodes, depth });
    show(still);
  };
  const revealed = (node: number) => reveal(state.tree as Tree, [...state.folded], node);
  const shift = (node: number) => fold(toggle([...state.folded], node), node);

  /** Brings a node chosen elsewhere into sight, unfolded as far as needed. */
  const follow = (name: 'node' | 'leaf') => {
    const node = state.chosen(name);
    if (node !== null && !state.visible(node)) fold(revealed(node), 0);
    else show();
    if (node !== null) stage.reach(node);
  };

  /** To the next hit, with all opened that hides it or what it asks. */
  const walkHits = (by: 1 | -1) => {
    const { tree, hits, at } = state;
    if (!tree || !hits.length) return;
    const next = at < 0 ? (by > 0 ? 0 : -1) : at + by;
    state.at = (next + hits.length) % hits.length;
    const node = hits[state.at];
    state.tab = node;
    const open = revealed(node).filter((shut) => shut !== node);
    if (open.length !== state.folded.size) fold(open, 0);
    else show();
    for (const child of childrenOf(tree, node)) stage.reach(child);
    stage.reach(node);
  };

  const choose = (node: number | null) => {
    const before = state.traits.get('node') ?? null;
    const next = node === before ? null : node;
    if (node !== null) state.tab = node;
    if (next !== before) state.traits.set({ node: next });
  };

  const walk = (node: number | undefined) => {
    if (node === undefined || node < 0) return;
    state.tab = node;
    show();
    stage.reach(node);
    stage.focus(node);
    glance(node);
  };

  const key = (event: KeyboardEvent) => {
    const { tree, tab } = state;
    if (!tree || !isPlain(event)) return;
    const { order, camera } = stage;
    const place = order.indexOf(tab);
    const shut = state.folded.has(tab);
    const inner = !isLeaf(tree, tab);
    actOn(event, {
      ArrowDown: () => walk(order[place + 1]),
      ArrowUp: () => walk(order[place - 1]),
      ArrowRight: () => {
        if (shut) shift(tab);
        else if (inner) walk(childrenOf(tree, tab)[0]);
      },
      ArrowLeft: () => {
        if (inner && !shut) shift(tab);
        else walk(tree.parent[tab]);
      },
      Home: () => walk(order[0]),
      End: () => walk(order.at(-1)),
      Enter: () => choose(tab),
      ' ': () => choose(tab),
      Escape: () => choose(null),
      '+': () => camera.zoom(1.25),
      '-': () => camera.zoom(1 / 1.25),
      '0': () => stage.fit()
    });
  };

  const click = (event: MouseEvent) => {
    const node = stage.hit(event);
    if (node === null || !state.tree) return;
    state.tab = node;
    if ((event.target as Element).closest('.handle')) shift(node);
    else choose(node);
    stage.focus(state.tab);
  };

  listen(stage.svg, signal, { keydown: key, click });
  return { fold, follow, walkHits };
}
