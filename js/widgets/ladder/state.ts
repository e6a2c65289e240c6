import type { Traits } from '../../shared/model';
import { unheard } from '../../shared/silence';
import type { LadderModel } from '../ladder';
import { decodeRungs, type Measure, type Rung, type Rungs, said } from './rungs';

/** The ladder that is shown, and which of its rungs was chosen or is asked for. */
export class State {
  rungs: Rungs | null = null;
  /** The rung that the kernel was asked to adopt. */
  pending = -1;
  /** The rung that was asked for where there is no kernel. */
  refused = -1;
  /** The rung about which the kernel is silent. */
  unheard = -1;

  constructor(readonly traits: Traits<LadderModel>) {}

  load(): Rungs | null {
    this.rungs = decodeRungs(this.traits.get('rungs'));
    return this.rungs;
  }

  get chosen(): number {
    const { rungs, traits } = this;
    const [family, size] = [traits.get('family'), traits.get('size')];
    const of = (rung: Rung) => rungs?.families[rung.family] === family && rung.size === size;
    return rungs?.all.find(of)?.index ?? -1;
  }

  get measure(): Measure {
    const { measures } = this.rungs as Rungs;
    return measures.find(({ name }) => name === this.traits.get('measure')) ?? measures[0];
  }

  /** Asks for a rung where somebody answers; else it is known which one was wished for. */
  adopt(index: number): void {
    const { rungs, traits, chosen } = this;
    if (!rungs) return;
    if (!traits.get('live')) this.refused = index === chosen ? -1 : index;
    else if (index !== chosen && index !== this.pending) {
      const { family, size } = rungs.all[index];
      this.pending = index;
      this.unheard = -1;
      traits.set({ adopt: { family: rungs.families[family], size } });
    }
  }

  /** Whether the kernel has not even begun with what it was asked. */
  get unanswered(): boolean {
    return this.pending >= 0 && !this.traits.get('busy');
  }

  /** What was asked for is taken back; a kernel that was only slow may still do it. */
  giveUp(): void {
    this.unheard = this.pending;
    this.pending = -1;
    // the same rung can be asked for again only if that is news to the kernel
    this.traits.set({ adopt: {} });
  }

  /** An answer has come, or none will. */
  settle(): void {
    this.unheard = -1;
    if (this.pending === this.chosen || !this.traits.get('busy')) this.pending = -1;
  }

  /** What a press on a rung does; nothing for the chosen one. */
  hint(index: number): string {
    if (index === this.chosen) return '';
    return this.traits.get('live') ? 'Click, or Enter: adopt it.' : 'Adopting it needs a kernel.';
  }

  /** Which rung is chosen, and what comes of another. */
  status(): string {
    const { rungs, traits, measure } = this;
    const { all } = rungs as Rungs;
    const [at, wished, other] = [all[this.chosen], all[this.pending], all[this.refused]];
    const lost = all[this.unheard];
    if (wished) return `Adopting the ${wished.title} …`;
    const now = at
      ? `Chosen: ${at.title}, ${measure.short} ${said(measure, measure.values[at.index])}.`
      : '';
    if (traits.get('busy')) return `${now} Measuring what it has to beat …`;
    if (lost) return `${now} ${unheard(`the ${lost.title} was not adopted`)}`;
    if (traits.get('live')) return `${now} A click on another point, or Enter, adopts it.`;
    return other
      ? `${now} The ${other.title} was not adopted: that needs a kernel.`
      : `${now} To adopt another, open it in a running notebook.`;
  }
}
