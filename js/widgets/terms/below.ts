import { h } from '../../shared/dom';
import { count } from '../../shared/format';
import type { Traits } from '../../shared/model';
import type { TermsModel } from '../terms';
import type { Terms } from './data';
import { ink, key } from './marks';

const note = (text: string): HTMLElement => h('p', { class: 'dim' }, text);

/** Below a chart: who is drawn how; where the teacher is not, why, or what asks it. */
export function makeBelow(traits: Traits<TermsModel>) {
  const element = h('div', { class: 'legend' });
  /** What the teacher was asked about; where that has failed nobody asks unasked again. */
  const tried = new Set<number>();
  const askFor = (term: number) => {
    tried.add(term);
    traits.set({ ask: term });
  };
  /** What there is in place of the teacher's line. */
  const instead = (all: Terms, at: number): HTMLElement[] => {
    const { kind, cost } = all.terms[at];
    const { mode = 'none', why = '' } = traits.get('asking') ?? {};
    const rows = `${count(cost)} rows`;
    if (kind === 'pair') {
      const words = 'The teacher is laid over single columns, not over pairs.';
      return mode === 'none' ? [] : [note(words)];
    }
    if (mode === 'none') return why ? [note(why)] : [];
    if (!traits.get('live')) {
      return [note('The teacher was not asked about this term; that needs a kernel.')];
    }
    const asking = () => [note(`Asking the teacher about ${rows}…`)];
    if (traits.get('busy') || traits.get('ask') === at) return asking();
    if (mode === 'auto' && !tried.has(at)) {
      askFor(at);
      return traits.get('curves')?.[at] ? [] : asking();
    }
    const ask = h('button', { type: 'button', class: 'button' }, `Ask the teacher (${rows})`);
    ask.onclick = () => askFor(at);
    return [ask];
  };
  /** What the bars are, or why there are none. */
  const barsOf = (all: Terms, at: number): HTMLElement[] => {
    const { density, kind } = all.terms[at];
    if (density && all.rows !== null) {
      return [note(`Bars below: the ${count(all.rows)} rows the student learnt from.`)];
    }
    if (all.near && kind === 'line') {
      return [note('Drawn two standard deviations about the mean: no rows are known here.')];
    }
    return kind === 'steps' ? [note('Bars below: rows in each step.')] : [];
  };

  const draw = (all: Terms, at: number, j: number, said: string | null) => {
    const { kind } = all.terms[at];
    const bars = kind === 'bars' || kind === 'coefficient';
    const item = (who: 'student' | 'teacher', ...inside: Node[]) =>
      h('p', {}, key(who, ink(j, all.j), bars), h('span', {}, who, ...inside));
    const items: HTMLElement[] = kind === 'pair' || kind === 'coefficient' ? [] : [item('student')];
    if (said === null) items.push(...instead(all, at));
    else {
      const how = `: ${traits.get('asking')?.name ?? ''}, partial dependence, ${said}`;
      items.push(item('teacher', h('span', { class: 'dim' }, how)));
    }
    element.replaceChildren(...items, ...barsOf(all, at));
  };
  return { element, draw, forget: () => tried.clear() };
}
