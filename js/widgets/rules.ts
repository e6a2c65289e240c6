import { h } from '../shared/dom';
import legendCss from '../shared/legend.css';
import mixesCss from '../shared/mixes.css';
import { type CommonModel, Traits } from '../shared/model';
import { atEnd, frame } from '../shared/schedule';
import { defineView, guarded, type Mount, sheet } from '../shared/view';
import { Choice } from './rules/choice';
import detailCss from './rules/detail.css';
import { makeGrid } from './rules/grid';
import { legends } from './rules/heads';
import {
  type Decided,
  decodeRules,
  found,
  type Rules,
  type RulesPayload,
  type Sort
} from './rules/list';
import { makeStrip } from './rules/strip';
import { makeTools } from './rules/tools';
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
  host.append(sheet(mixesCss), sheet(legendCss), sheet(detailCss), sheet(css), place);
  let redraw = new AbortController();
  atEnd(signal, () => redraw.abort());
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

/** The parts of one list of rules: they end when another comes. */
function view(rules: Rules, outer: Traits<RulesModel>, signal: AbortSignal): HTMLElement[] {
  const traits = new Traits<RulesModel>(outer.model, signal);
  const choice = new Choice(rules, traits);
  const tools = makeTools(rules, traits, signal);
  const grid = makeGrid(rules, choice, signal);
  const nothing = h('p', { class: 'empty', hidden: true }, 'No rule holds these words.');
  const strip = makeStrip(rules, choice, signal);

  const show = () => {
    const [sort, filter] = [traits.get('sort') ?? 'list', traits.get('filter') ?? ''];
    const shown = found(rules, sort, filter);
    tools.draw(sort, filter, shown.length);
    nothing.hidden = shown.length > 0;
    grid.show(shown);
  };
  const showRule = () => {
    grid.markRule();
    strip.draw();
  };
  const showRow = () => {
    const row = choice.decided;
    tools.showRow(row);
    grid.markRow();
    if (row) grid.reach(row.rule);
    showRule();
  };
  traits.on(['sort', 'filter'], show);
  traits.on(['rule'], () => {
    showRule();
    if (choice.rule !== null) grid.goTo(choice.rule);
  });
  traits.on(['node'], () => choice.follow());
  traits.on(['row', 'decided'], showRow);
  show();
  showRow();
  frame(signal, grid.open)();
  return [tools.element, legends(rules, signal), grid.element, nothing, strip.element];
}

export default defineView(mount);
