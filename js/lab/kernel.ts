import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';

/** What happened to the notebook in front: another one, its kernel anew, its state, its name. */
export type Change = 'notebook' | 'kernel' | 'status' | 'name';

/** What the panel says about the notebook in front and its kernel. */
interface Where {
  notebook: string | null;
  kernel: string;
  status: string;
}

const ENDED: Kernel.Status[] = ['restarting', 'autorestarting', 'terminating', 'dead'];

/** Whether what was in the kernel is gone. */
export const ended = (status: Kernel.Status): boolean => ENDED.includes(status);

/** Milliseconds that a kernel is waited for: the panel's own question takes it a moment too. */
const MOMENT = 2000;

/** Waits for a moment until a kernel has nothing else to do; returns its status then. */
export async function settled(kernel: Kernel.IKernelConnection): Promise<Kernel.Status> {
  let look = () => {};
  const idle = new Promise<void>((resolve) => {
    look = () => {
      if (kernel.status === 'idle') resolve();
    };
  });
  kernel.statusChanged.connect(look);
  look();
  await inMoment(idle);
  kernel.statusChanged.disconnect(look);
  return kernel.status;
}

/** Waits until something is done, but not for longer than a moment; returns whether it is. */
export async function inMoment(done: Promise<unknown>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, MOMENT, false);
  });
  const inTime = await Promise.race([done.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}

/** Follows the current notebook, its kernel, its restarts and its name. */
export class KernelWatch {
  #panel: NotebookPanel | null = null;

  constructor(
    readonly tracker: INotebookTracker | null,
    readonly changed: (change: Change) => void
  ) {
    tracker?.currentChanged.connect(this.#switch, this);
    this.#follow();
  }

  get notebook(): NotebookPanel | null {
    return this.#panel;
  }

  get kernel(): Kernel.IKernelConnection | null {
    return this.#panel?.sessionContext.session?.kernel ?? null;
  }

  where(): Where {
    const panel = this.#panel;
    if (!panel) return { notebook: null, kernel: '', status: '' };
    const { sessionContext } = panel;
    const none = sessionContext.hasNoKernel;
    return {
      notebook: panel.title.label,
      kernel: none ? '' : sessionContext.kernelDisplayName,
      status: none ? '' : sessionContext.kernelDisplayStatus
    };
  }

  dispose(): void {
    this.tracker?.currentChanged.disconnect(this.#switch, this);
    this.#leave();
  }

  #switch(): void {
    this.#leave();
    this.#follow();
    this.changed('notebook');
  }

  #follow(): void {
    const panel = this.tracker?.currentWidget ?? null;
    this.#panel = panel;
    if (!panel) return;
    const { sessionContext, title, disposed } = panel;
    sessionContext.kernelChanged.connect(this.#kernel, this);
    sessionContext.statusChanged.connect(this.#status, this);
    sessionContext.connectionStatusChanged.connect(this.#connection, this);
    title.changed.connect(this.#name, this);
    disposed.connect(this.#leave, this);
  }

  #leave(): void {
    const panel = this.#panel;
    this.#panel = null;
    if (!panel) return;
    const { sessionContext, title, disposed } = panel;
    sessionContext.kernelChanged.disconnect(this.#kernel, this);
    sessionContext.statusChanged.disconnect(this.#status, this);
    sessionContext.connectionStatusChanged.disconnect(this.#connection, this);
    title.changed.disconnect(this.#name, this);
    disposed.disconnect(this.#leave, this);
  }

  #kernel(): void {
    this.changed('kernel');
  }

  #status(_context: unknown, status: Kernel.Status): void {
    this.changed(ended(status) ? 'kernel' : 'status');
  }

  #connection(): void {
    this.changed('status');
  }

  #name(): void {
    this.changed('name');
  }
}
