import { h, listen } from '../../shared/dom';
import type { Traits } from '../../shared/model';
import { onResize } from '../../shared/schedule';
import type { TermsModel } from '../terms';
import { makeBars } from './bars';
import { makeBelow } from './below';
import { decodeOverlay, type Reasons, type Term, type Terms } from './data';
import { coefficients, multiples } from './overview';
import { makePair } from './pair';
import { makePlot } from './plot';
import { signed, target } from './words';

interface Shown {
  terms: Terms;
  reasons: Reasons | null;
  chosen: number | null;
  /** The score that is looked at. */
  j: number;
}

/** The chosen term as a chart to read; all of them in small while none is chosen. */
export function makeDetail(
  traits: Traits<TermsModel>,
  choose: (term: number | null) => void,
  signal: AbortSignal
) {
  const back = h('button', { type: 'button', class: 'button' }, '← All terms');
  const title = h('h2', {});
  const about = h('p', { class: 'dim about' });
  const readout = h('p', { class: 'readout' });
  const chart = h('div', { class: 'chart' });
  const below = makeBelow(traits);
  const element = h(
    'section',
    { class: 'detail', 'aria-label': 'Chosen term' },
    h('div', { class: 'head' }, h('div', { class: 'titles' }, title, about), back),
    readout,
    chart,
    below.element
  );
  let rest = '';
  const say = (text: string) => {
    readout.textContent = text || rest || '\u00a0';
    readout.classList.toggle('dim', !text);
  };
  const plot = makePlot(signal, say);
  listen(back, signal, { click: () => choose(null) });

  const drawAll = (all: Terms, j: number) => {
    const linear = all.family === 'linear';
    title.textContent = linear ? 'All coefficients' : 'All terms';
    about.textContent = `${all.reading} ${linear ? MOVES : TOGETHER}`;
    readout.hidden = true;
    below.element.replaceChildren();
    chart.replaceChildren(
      all.terms.length
        ? (linear ? coefficients : multiples)(all, j, choose)
        : h('p', { class: 'empty' }, 'The student has no term: it says the same of all rows.')
    );
  };
  const drawTerm = (all: Terms, at: number, reasons: Reasons | null, j: number) => {
    const term = all.terms[at];
    const overlay = decodeOverlay(traits.get('curves')?.[at], j, all.j);
    title.textContent = term.name;
    about.textContent = aboutTerm(all, term, j);
    readout.hidden = term.kind === 'bars' || term.kind === 'coefficient';
    rest = reasons
      ? `Row ${reasons.row}: ${reasons.values[at]}, adds ${signed(reasons.adds[at])}`
      : 'Point at the chart, or move along it with the arrow keys, to read it.';
    const shown = { term, overlay, j, of: all.j, at: reasons?.at[at] };
    if (term.kind === 'line' || term.kind === 'steps') {
      if (plot.element.parentNode !== chart) chart.replaceChildren(plot.element);
      plot.draw(shown);
    } else if (term.kind === 'pair') {
      chart.replaceChildren(makePair(shown, say, signal));
      say('');
    } else chart.replaceChildren(makeBars(shown));
    below.draw(all, at, j, overlay?.said ?? null);
  };

  return {
    element,
    draw({ terms, reasons, chosen, j }: Shown): void {
      back.hidden = chosen === null;
      if (chosen === null) drawAll(terms, j);
      else drawTerm(terms, chosen, reasons, j);
    },
    /** Calls back when the chart has another width. */
    onResize(act: () => void): void {
      let width = 0;
      const fit = () => {
        const now = chart.clientWidth;
        if (!now || now === width) return;
        width = now;
        act();
      };
      onResize(chart, fit, signal);
    },
    /** Other terms: of none of them the teacher was asked. */
    forget: below.forget
  };
}

const MOVES =
  'Bar: how far the term moves the score, as the standard deviation over the rows of what it adds. Number: the coefficient, in own units.';
const TOGETHER = 'What each term adds, all on one scale; pairs have their own.';

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
