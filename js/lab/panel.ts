import type { INotebookTracker } from '@jupyterlab/notebook';
import { Widget } from '@lumino/widgets';
import { h } from '../shared/dom';
import { KernelWatch, type Where } from './kernel';

const START = 'import jupyter_distill as jd\n\nd = jd.distill(model, X, y)\nd';

/** The side panel: which notebook and kernel one is about to distil in. */
export class DistillPanel extends Widget {
  #place = h('div', { 'aria-live': 'polite' });
  #watch: KernelWatch;

  constructor(tracker: INotebookTracker | null) {
    super();
    this.addClass('jd-panel');
    this.node.append(
      h('h2', {}, 'Distill'),
      this.#place,
      h('p', {}, 'To distil a fitted model, run in a cell:'),
      h('pre', {}, h('code', {}, START))
    );
    this.#watch = new KernelWatch(tracker, (where) => this.#show(where));
    this.#show(this.#watch.where());
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#watch.dispose();
    super.dispose();
  }

  #show({ notebook, kernel, status }: Where): void {
    if (notebook === null) {
      this.#place.replaceChildren(h('p', {}, 'No notebook is open.'));
      return;
    }
    const fact = (name: string, value: string) => [h('dt', {}, name), h('dd', {}, value)];
    this.#place.replaceChildren(
      h(
        'dl',
        {},
        ...fact('Notebook', notebook),
        ...fact('Kernel', kernel || 'starting'),
        ...fact('Status', status)
      )
    );
  }
}
