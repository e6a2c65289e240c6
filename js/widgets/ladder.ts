import { attr, h } from '../shared/dom';
import { type CommonModel, Traits } from '../shared/model';
import { frame } from '../shared/schedule';
import { watchAnswer } from '../shared/silence';
import { defineView, guarded, type Mount, sheet } from '../shared/view';
import { makeHead } from './ladder/head';
import { legend } from './ladder/legend';
import type { RungsPayload } from './ladder/rungs';
import { makeStage } from './ladder/stage';
import { State } from './ladder/state';
import css from './ladder.css';

export interface LadderModel extends CommonModel {
  // data
  rungs: Partial<RungsPayload>;
  busy: boolean;
  // view state
  family: string;
  size: number;
  measure: string;
  // intent
  adopt: { family?: string; size?: number };
}

/** Fidelity against size of every family; a click adopts a rung. */
export const mount: Mount = (model, host, signal) => {
  const traits = new Traits<LadderModel>(model, signal);
  const state = new State(traits);
  const stage = makeStage(state, (index) => adopt(index), signal);
  const head = makeHead((measure) => traits.set({ measure }), signal);
  const status = h('p', { class: 'status', role: 'status' });
  const body = h('div', {}, head.element, head.words, stage.frame, legend(), status);
  const place = h('div');
  host.classList.add('ladder-view');
  host.append(sheet(css), place);

  const tell = () => {
    if (!state.rungs) return;
    const text = state.status();
    if (status.textContent !== text) status.textContent = text;
    attr(stage.element, { 'aria-busy': String(traits.get('busy')) });
  };
  const describe = () => {
    if (!state.rungs) return;
    head.draw(state.rungs, state.measure);
    tell();
  };
  const adopt = (index: number) => {
    state.adopt(index);
    stage.mark();
    tell();
    answer.look();
  };
  const answer = watchAnswer(
    signal,
    () => state.unanswered,
    () => {
      if (!answer.silent()) return;
      state.giveUp();
      stage.mark();
      tell();
    }
  );
  const load = () =>
    guarded(place, () => {
      if (!state.load()) {
        place.replaceChildren(h('p', { class: 'empty' }, 'There is no ladder yet.'));
        return;
      }
      if (body.parentNode !== place) place.replaceChildren(body);
      describe();
      stage.load();
    });

  const redraw = frame(signal, stage.draw);
  traits.on(['rungs'], load);
  traits.on(['measure'], () => {
    describe();
    redraw();
  });
  traits.on(['family', 'size', 'busy', 'error'], () => {
    state.settle();
    answer.look();
    tell();
    redraw();
  });
  traits.on(['live'], tell);
  load();
};

export default defineView(mount);
