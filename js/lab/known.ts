import type { INotebookTracker, Notebook } from '@jupyterlab/notebook';
import { type Answer, ask, type Look } from './ask';
import { type Change, KernelWatch } from './kernel';

/** The part of NotebookActions.executed that is used here. */
interface Executed {
  connect(slot: (sender: unknown, ran: { notebook: Notebook }) => void, self: unknown): unknown;
  disconnect(slot: (sender: unknown, ran: { notebook: Notebook }) => void, self: unknown): unknown;
}

/** Milliseconds without another cell before the kernel is asked. */
export const CALM = 250;

/**
 * What is known of the notebook in front. The kernel is asked while somebody is looking, when a cell
 * has run or the kernel is another one, and only when it has nothing else to do.
 */
export class Known {
  answer: Answer<Look> | null = null;
  readonly watch: KernelWatch;
  #seen = false;
  #stale = true;
  #asking = false;
  #life = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    tracker: INotebookTracker | null,
    readonly executed: Executed,
    readonly changed: () => void,
    readonly asks: typeof ask = ask
  ) {
    this.watch = new KernelWatch(tracker, (change) => this.#happened(change));
    executed.connect(this.#ran, this);
  }

  /** Whether somebody is looking. */
  set seen(seen: boolean) {
    // a view or a console may have changed something meanwhile
    if (seen && !this.#seen) this.#stale = true;
    this.#seen = seen;
    this.#soon();
  }

  /** What is known may be out of date. */
  touch(): void {
    this.#stale = true;
    this.#soon();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#seen = false;
    this.executed.disconnect(this.#ran, this);
    this.watch.dispose();
  }

  #ran(_sender: unknown, { notebook }: { notebook: Notebook }): void {
    if (notebook === this.watch.notebook?.content) this.touch();
  }

  #happened(change: Change): void {
    if (change === 'notebook' || change === 'kernel') {
      this.#life++;
      this.#asking = false;
      this.answer = null;
      this.#stale = true;
    }
    this.changed();
    this.#soon();
  }

  #soon(): void {
    clearTimeout(this.#timer);
    if (!this.#seen || !this.#stale || this.#asking) return;
    this.#timer = setTimeout(() => void this.#ask(), CALM);
  }

  async #ask(): Promise<void> {
    const kernel = this.watch.kernel;
    // becoming idle is a change of its status: then it is tried again
    if (kernel?.status !== 'idle' || !this.#seen || this.#asking) return;
    const life = this.#life;
    this.#stale = false;
    this.#asking = true;
    const answer = await this.asks<Look>(kernel, { ask: 'look' });
    // meanwhile another notebook or kernel is in front: that one is asked by itself
    if (life !== this.#life) return;
    this.#asking = false;
    if (answer.why === 'later') this.#stale = true;
    else this.answer = answer;
    this.changed();
    this.#soon();
  }
}
