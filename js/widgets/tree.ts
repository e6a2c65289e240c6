import { h } from '../shared/dom';
import legendCss from '../shared/legend.css';
import mixesCss from '../shared/mixes.css';
import { type AnyModel, type CommonModel, Traits } from '../shared/model';
import { onResize } from '../shared/schedule';
import { silence, watchSilence } from '../shared/silence';
import type { Tree, TreePayload } from '../shared/tree';
import { defineView, guarded, type Mount, sheet } from '../shared/view';
import { makeActs } from './tree/acts';
import cardCss from './tree/card.css';
import { foldToDepth } from './tree/fold';
import { hoverCard, type Seen } from './tree/hover';
import { searchField } from './tree/search';
import { Stage } from './tree/stage';
import { State } from './tree/state';
import { makeStrip } from './tree/strip';
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
  const state = new State(traits);
  const parts = makeParts(traits, state, signal);
  const place = h('div');
  host.classList.add('tree-view');
  host.append(sheet(mixesCss), sheet(legendCss), sheet(css), sheet(cardCss), place);

  const load = () =>
    guarded(place, () => {
      const tree = state.load();
      const empty = h('p', { class: 'empty' }, 'There is no tree yet.');
      if (!tree) place.replaceChildren(empty);
      else {
        if (parts.body.parentNode !== place) place.replaceChildren(parts.body);
        parts.load(tree);
      }
    });
  follow(traits, state, parts);
  traits.on(['tree'], load);
  load();
};

/** The tree with all that stands around it, and what hands do to it. */
function makeParts(traits: Traits<TreeModel>, state: State, signal: AbortSignal) {
  const stage = new Stage(signal);
  const frame = h('div', { class: 'frame' }, stage.element);
  const hover = hoverCard(frame, stage, signal);
  const strip = makeStrip(signal);
  const notes = h('div', { class: 'tree-notes' });
  const way = h('div');
  const show = (still?: number) => {
    const { tree, hits } = state;
    if (!tree) return;
    const picture = state.picture();
    stage.show(picture, still);
    bar.update({ ...picture, row: traits.get('row') ?? null, live: traits.get('live') });
    field.update(tree, traits.get('search') ?? '', hits, state.at);
    hover.hide();
  };
  const seen = () => state.tree && { tree: state.tree, folded: state.folded };
  const glance = (node: number) => hover.show(node, seen() as Seen);
  const acts = makeActs(state, stage, show, glance, signal);
  const field = searchField(
    { search: (text) => traits.setSoon({ search: text }), walk: (by) => acts.walkHits(by) },
    signal
  );
  const bar = toolbar(
    field.element,
    {
      levels: (depth) => state.tree && acts.fold(foldToDepth(state.tree, depth), 0),
      colour: (by) => traits.set({ colour: by }),
      row: (row) => traits.set({ row }),
      zoom: (factor) => stage.camera.zoom(factor),
      fit: () => stage.fit()
    },
    signal
  );
  hover.watch(seen);

  const drawWay = () => {
    const leaf = state.chosen('leaf');
    const { tree } = state;
    const row = traits.get('row') ?? null;
    const table = tree && leaf !== null ? wayTable(tree, traits.get('path') ?? {}, leaf) : null;
    const note = h('p', { class: 'dim hint', role: 'status' }, silence(row, 'has'));
    way.replaceChildren(...(state.silent() ? [note] : table ? [table] : []));
  };
  state.silent = watchSilence(traits, 'path', () => {
    show();
    drawWay();
  });
  const load = (tree: Tree) => {
    notes.replaceChildren(...tree.notes.map((text) => h('p', { class: 'dim' }, text)));
    // a host may place the view after it is made: then the first size that it gets draws it
    if (stage.element.isConnected) stage.load(state.picture());
    acts.follow('leaf');
    strip.draw(state);
    drawWay();
  };
  const fit = () => {
    const { width: before } = stage.camera.room;
    const { width: now } = stage.measure();
    if (!state.tree || now === before || !now || stage.camera.moved) return;
    stage.load(state.picture());
    const leaf = state.chosen('leaf');
    if (before === 0 && leaf !== null) stage.reach(leaf);
  };
  onResize(stage.element, fit, signal);

  const body = h('div', {}, bar.element, frame, notes, strip.element, way);
  return { body, acts, strip, show, drawWay, load };
}

/** What changes elsewhere is followed here. */
function follow(traits: Traits<TreeModel>, state: State, parts: ReturnType<typeof makeParts>) {
  const { acts, strip, show, drawWay } = parts;
  traits.on(['node'], () => {
    acts.follow('node');
    strip.draw(state);
  });
  traits.on(['leaf'], () => acts.follow('leaf'));
  // the way comes with its leaf, in either order
  traits.on(['leaf', 'path'], drawWay);
  traits.on(['colour', 'row'], () => show());
  traits.on(['search'], () => {
    state.search();
    show();
  });
  traits.on(['folded'], () => {
    const given = traits.get('folded') ?? [];
    if (String(given) === String([...state.folded])) return;
    state.folded = new Set(given);
    show(0);
    strip.draw(state);
  });
}

export default defineView(mount);
