import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';

/** What the panel says about the notebook in front and its kernel. */
export interface Where {
  notebook: string | null;
  kernel: string;
  status: string;
}

/** Follows the current notebook, its kernel, its restarts and its name. */
export class KernelWatch {
  #panel: NotebookPanel | null = null;

  constructor(
    readonly tracker: INotebookTracker | null,
    readonly changed: (where: Where) => void
  ) {
    tracker?.currentChanged.connect(this.#switch, this);
    this.#switch();
  }

  where(): Where {
    const panel = this.#panel;
    if (!panel) return { notebook: null, kernel: '', status: '' };
    const { sessionContext } = panel;
    const kernel = sessionContext.hasNoKernel ? 'none' : sessionContext.kernelDisplayName;
    return { notebook: panel.title.label, kernel, status: this.#status(panel) };
  }

  dispose(): void {
    this.tracker?.currentChanged.disconnect(this.#switch, this);
    this.#leave();
  }

  #status({ sessionContext }: NotebookPanel): string {
    if (sessionContext.hasNoKernel) return 'not running';
    return sessionContext.kernelDisplayStatus;
  }

  #switch(): void {
    this.#leave();
    const panel = this.tracker?.currentWidget ?? null;
    this.#panel = panel;
    if (panel) {
      const { sessionContext, title, disposed } = panel;
      sessionContext.kernelChanged.connect(this.#tell, this);
      sessionContext.statusChanged.connect(this.#tell, this);
      sessionContext.connectionStatusChanged.connect(this.#tell, this);
      title.changed.connect(this.#tell, this);
      disposed.connect(this.#leave, this);
    }
    this.#tell();
  }

  #leave(): void {
    const panel = this.#panel;
    this.#panel = null;
    if (!panel) return;
    const { sessionContext, title, disposed } = panel;
    sessionContext.kernelChanged.disconnect(this.#tell, this);
    sessionContext.statusChanged.disconnect(this.#tell, this);
    sessionContext.connectionStatusChanged.disconnect(this.#tell, this);
    title.changed.disconnect(this.#tell, this);
    disposed.disconnect(this.#leave, this);
  }

  #tell(): void {
    this.changed(this.where());
  }
}
