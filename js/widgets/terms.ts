import { h, KEYS, onEntered, swatch } from '../shared/dom';
import { count } from '../shared/format';
import { type AnyModel, type CommonModel, Traits } from '../shared/model';
import { defineView, guarded, type Mount, sheet } from '../shared/view';
import { makeBars } from './terms/bars';
import {
  decodeOverlay,
  decodeReasons,
  decodeTerms,
  type OverlayPayload,
  type Reasons,
  type ReasonsPayload,
  type Term,
  type Terms,
  type TermsPayload
} from './terms/data';
import { makeList } from './terms/list';
import { ink, key } from './terms/marks';
import { coefficients, multiples } from './terms/overview';
import { makePair } from './terms/pair';
import { makePlot } from './terms/plot';
import plotCss from './terms/plot.css';
import { follows, parts, plain, signed, target } from './terms/words';
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
  host.classList.add('terms-view');
  const place = h('div');
  host.append(sheet(plotCss), sheet(css), place);

  let terms: Terms | null = null;
  const tried = new Set<number>();
  const choose = (term: number | null) => {
    if (term !== (traits.get('term') ?? null)) traits.set({ term });
  };
  const list = makeList(choose, signal);
  const readout = h('p', { class: 'readout' });
  const say = (text: string) => {
    readout.textContent = text || readout.dataset.rest || '\u00a0';
    readout.classList.toggle('dim', !text);
  };
  const plot = makePlot(signal, say);

  const back = h('button', { type: 'button', class: 'button' }, '← All terms');
  const of = h('select', { class: 'button', ...KEYS });
  const ofLabel = h('label', {}, h('span', { class: 'dim' }, 'score of'), of);
  const rowInput = h('input', { type: 'number', class: 'row', min: 0, step: 1, ...KEYS });
  const rowLabel = h('label', {}, h('span', { class: 'dim' }, 'row'), rowInput);
  const tools = h('div', { class: 'tools' }, ofLabel, rowLabel);
  const title = h('h2', {});
  const about = h('p', { class: 'dim about' });
  const head = h('div', { class: 'head' }, h('div', { class: 'titles' }, title, about), back);
  const chart = h('div', { class: 'chart' });
  const legend = h('div', { class: 'legend' });
  const detail = h(
    'section',
    { class: 'detail', 'aria-label': 'Chosen term' },
    head,
    readout,
    chart,
    legend
  );
  const foot = h('section', { class: 'foot', 'aria-live': 'polite', 'aria-label': 'Chosen row' });
  const body = h('div', {}, tools, h('div', { class: 'columns' }, list.element, detail), foot);

  const chosen = (): number | null => {
    const term = traits.get('term') ?? null;
    return terms && term !== null && term >= 0 && term < terms.terms.length ? term : null;
  };
  const score = () => Math.min(Math.max(traits.get('score') ?? 0, 0), (terms?.j ?? 1) - 1);
  const row = (): Reasons | null => terms && decodeReasons(traits.get('reasons'), score(), terms.j);

  const askFor = (term: number) => {
    tried.add(term);
    traits.set({ ask: term });
  };

  const draw = () =>
    guarded(place, () => {
      if (!terms) return;
      if (body.parentNode !== place) place.replaceChildren(body);
      const reasons = row();
      list.draw({ terms, reasons, chosen: chosen() });
      drawTools(terms);
      drawFoot(terms, reasons);
      const at = chosen();
      back.hidden = at === null;
      if (at === null) drawAll(terms);
      else drawTerm(terms, at, reasons);
    });

  const drawTools = (all: Terms) => {
    ofLabel.hidden = all.j < 2;
    if (of.childElementCount !== all.j) {
      of.replaceChildren(...all.scores.map((name, j) => h('option', { value: j }, name)));
    }
    of.value = String(score());
    rowLabel.hidden = !traits.get('live') || all.all === null;
    if (all.all !== null) rowInput.max = String(all.all - 1);
    const given = traits.get('row') ?? null;
    if ((rowInput.getRootNode() as ShadowRoot).activeElement !== rowInput) {
      rowInput.value = given === null ? '' : String(given);
    }
    tools.hidden = ofLabel.hidden && rowLabel.hidden;
  };

  const drawAll = (all: Terms) => {
    const j = score();
    title.textContent = all.family === 'linear' ? 'All coefficients' : 'All terms';
    const scale =
      all.family === 'linear'
        ? 'Bar: how far the term moves the score, as the standard deviation over the rows of what it adds. Number: the coefficient, in own units.'
        : 'What each term adds, all on one scale; pairs have their own.';
    about.textContent = `${all.reading} ${scale}`;
    readout.hidden = true;
    legend.replaceChildren();
    chart.replaceChildren(
      all.terms.length
        ? (all.family === 'linear' ? coefficients : multiples)(all, j, choose)
        : h('p', { class: 'empty' }, 'The student has no term: it says the same of all rows.')
    );
  };

  const drawTerm = (all: Terms, at: number, reasons: Reasons | null) => {
    const j = score();
    const term = all.terms[at];
    const overlay = decodeOverlay(traits.get('curves')?.[at], j, all.j);
    const place = reasons ? reasons.at[at] : undefined;
    title.textContent = term.name;
    about.textContent = aboutTerm(all, term, j);
    readout.hidden = term.kind === 'bars' || term.kind === 'coefficient';
    const rest = reasons
      ? `Row ${reasons.row}: ${reasons.values[at]}, adds ${signed(reasons.adds[at])}`
      : 'Point at the chart, or move along it with the arrow keys, to read it.';
    readout.dataset.rest = rest;
    const shown = { term, overlay, j, of: all.j, at: place };
    if (term.kind === 'line' || term.kind === 'steps') {
      if (plot.element.parentNode !== chart) chart.replaceChildren(plot.element);
      plot.draw(shown);
    } else if (term.kind === 'pair') {
      chart.replaceChildren(makePair(shown, say, signal));
      say('');
    } else {
      chart.replaceChildren(makeBars(shown));
    }
    drawLegend(all, at, overlay?.said ?? null);
  };

  const drawLegend = (all: Terms, at: number, said: string | null) => {
    const term = all.terms[at];
    const { mode = 'none', why = '', name = '' } = traits.get('asking') ?? {};
    const bars = term.kind === 'bars' || term.kind === 'coefficient';
    const items: HTMLElement[] = [];
    const item = (who: 'student' | 'teacher', ...inside: (Node | string)[]) =>
      items.push(h('p', {}, key(who, ink(score(), all.j), bars), h('span', {}, ...inside)));
    if (term.kind !== 'pair' && term.kind !== 'coefficient') item('student', 'student');
    if (said !== null) {
      item(
        'teacher',
        'teacher',
        h('span', { class: 'dim' }, `: ${name}, partial dependence, ${said}`)
      );
    } else if (term.kind === 'pair') {
      if (mode !== 'none')
        items.push(note('The teacher is laid over single columns, not over pairs.'));
    } else if (mode === 'none') {
      if (why) items.push(note(why));
    } else if (!traits.get('live')) {
      items.push(note('The teacher was not asked about this term; that needs a kernel.'));
    } else if (traits.get('busy') || traits.get('ask') === at) {
      items.push(note(`Asking the teacher about ${count(term.cost)} rows…`));
    } else if (mode === 'auto' && !tried.has(at)) {
      askFor(at);
      if (!traits.get('curves')?.[at])
        items.push(note(`Asking the teacher about ${count(term.cost)} rows…`));
    } else {
      const ask = h(
        'button',
        { type: 'button', class: 'button' },
        `Ask the teacher (${count(term.cost)} rows)`
      );
      ask.onclick = () => askFor(at);
      items.push(ask);
    }
    if (term.density && all.rows !== null) {
      items.push(note(`Bars below: the ${count(all.rows)} rows the student learnt from.`));
    } else if (all.near && term.kind === 'line') {
      items.push(note('Drawn two standard deviations about the mean: no rows are known here.'));
    } else if (term.kind === 'steps') {
      items.push(note('Bars below: rows in each step.'));
    }
    legend.replaceChildren(...items);
  };

  const drawFoot = (all: Terms, reasons: Reasons | null) => {
    foot.hidden = !reasons;
    if (!reasons) {
      foot.replaceChildren();
      return;
    }
    const j = score();
    const chip = (value: string, name: string) =>
      h('span', { class: 'part' }, h('b', {}, value), ' ', h('span', { class: 'dim' }, name));
    const start = all.centred ? 'intercept, the mean row' : 'intercept';
    foot.replaceChildren(
      h(
        'p',
        {},
        h('strong', {}, `Row ${reasons.row}:`),
        ' ',
        chip(plain(all.intercept[j]), start),
        ...parts(all, reasons).flatMap((part) => [' ', chip(signed(part.adds), part.text)]),
        ' ',
        h(
          'span',
          { class: 'part total' },
          '= ',
          h('b', {}, plain(reasons.total[j])),
          ' ',
          h('span', { class: 'dim' }, target(all, j))
        )
      ),
      h('p', {}, ...(all.j > 1 ? [swatch(j), ' '] : []), follows(all, reasons, j))
    );
  };

  const load = () =>
    guarded(place, () => {
      terms = decodeTerms(traits.get('terms'));
      tried.clear();
      if (terms) draw();
      else place.replaceChildren(h('p', { class: 'empty' }, 'There are no terms yet.'));
    });

  back.addEventListener('click', () => choose(null), { signal });
  of.addEventListener('change', () => traits.set({ score: Number(of.value) }), { signal });
  const chooseRow = () => {
    const value = rowInput.value.trim();
    traits.set({ row: value === '' ? null : Math.round(Number(value)) });
  };
  onEntered(rowInput, chooseRow, signal);
  traits.on(['terms'], load);
  traits.on(['term', 'score', 'reasons', 'row', 'curves', 'asking', 'busy', 'ask', 'live'], draw);

  let width = 0;
  const resize = new ResizeObserver(() => {
    const now = chart.clientWidth;
    if (!now || now === width) return;
    width = now;
    draw();
  });
  resize.observe(chart);
  signal.addEventListener('abort', () => resize.disconnect(), { once: true });
  load();
};

const note = (text: string): HTMLElement => h('p', { class: 'dim' }, text);

/** What is drawn of a term, and of a line its coefficient in own units. */
function aboutTerm(all: Terms, term: Term, j: number): string {
  const what = target(all, j);
  const slope = term.coefficients?.find((one) => one.name === term.name);
  if (term.kind === 'coefficient') {
    return `Coefficients in own units, added to the ${what}. Its line is drawn where the rows are known.`;
  }
  if (slope) {
    const from = all.centred ? ', beside its mean' : '';
    return `Each 1 more adds ${signed(slope.values[j])} to the ${what}; drawn: what each value adds${from}.`;
  }
  return `What each value adds to the ${what}.`;
}

export default defineView(mount);
