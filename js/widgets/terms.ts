import { h } from '../shared/dom';
import { type AnyModel, type CommonModel, Traits } from '../shared/model';
import { silence, watchSilence } from '../shared/silence';
import { defineView, guarded, type Mount, sheet } from '../shared/view';
import {
  decodeReasons,
  decodeTerms,
  type OverlayPayload,
  type ReasonsPayload,
  type Terms,
  type TermsPayload
} from './terms/data';
import { makeDetail } from './terms/detail';
import { makeFoot } from './terms/foot';
import { makeList } from './terms/list';
import plotCss from './terms/plot.css';
import { makeTools } from './terms/tools';
import css from './terms.css';

export interface TermsModel extends CommonModel {
  // data
  terms: Partial<TermsPayload>;
  curves: Record<string, OverlayPayload>;
  asking: { mode?: 'auto' | 'button' | 'none'; why?: string; name?: string };
  reasons: Partial<ReasonsPayload>;
  busy: boolean;
  // view state
  term: number | null;
  row: number | null;
  score: number;
  // intent
  ask: number | null;
}

/** A student that is a sum, term by term; the chosen one is shared as `term`. */
export const mount: Mount = (model: AnyModel, host: HTMLElement, signal: AbortSignal) => {
  const traits = new Traits<TermsModel>(model, signal);
  const choose = (term: number | null) => {
    if (term !== (traits.get('term') ?? null)) traits.set({ term });
  };
  const tools = makeTools(traits, signal);
  const list = makeList(choose, signal);
  const detail = makeDetail(traits, choose, signal);
  const foot = makeFoot();
  const columns = h('div', { class: 'columns' }, list.element, detail.element);
  const body = h('div', {}, tools.element, columns, foot.element);
  const place = h('div');
  host.classList.add('terms-view');
  host.append(sheet(plotCss), sheet(css), place);

  let terms: Terms | null = null;
  const draw = () =>
    guarded(place, () => {
      if (!terms) return;
      if (body.parentNode !== place) place.replaceChildren(body);
      const j = Math.min(Math.max(traits.get('score') ?? 0, 0), terms.j - 1);
      const told = decodeReasons(traits.get('reasons'), j, terms.j);
      const reasons = silent() ? null : told;
      const term = traits.get('term') ?? -1;
      const chosen = terms.terms[term] ? term : null;
      list.draw({ terms, reasons, chosen });
      tools.draw(terms, j);
      if (silent()) foot.say(silence(traits.get('row') ?? null, 'adds'));
      else foot.draw(terms, reasons, j);
      detail.draw({ terms, reasons, chosen, j });
    });
  const load = () =>
    guarded(place, () => {
      terms = decodeTerms(traits.get('terms'));
      detail.forget();
      if (terms) draw();
      else place.replaceChildren(h('p', { class: 'empty' }, 'There are no terms yet.'));
    });
  const silent = watchSilence(traits, 'reasons', draw);
  traits.on(['terms'], load);
  traits.on(['term', 'score', 'reasons', 'row', 'curves', 'asking', 'busy', 'ask', 'live'], draw);
  detail.onResize(draw);
  load();
};

export default defineView(mount);
