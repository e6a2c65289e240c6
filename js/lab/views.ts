import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget } from '@jupyterlab/apputils';
import type { IOutput } from '@jupyterlab/nbformat';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { OutputArea, OutputAreaModel, SimplifiedOutputArea } from '@jupyterlab/outputarea';
import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import { Panel, Widget } from '@lumino/widgets';
import { h } from '../shared/dom';
import { ask, type Distilled, type Made } from './ask';
import { ended } from './kernel';
import { explain, viewName, withoutViews } from './words';

const WIDGET = 'application/vnd.jupyter.widget-view+json';

type Bundle = Pick<Made, 'data' | 'metadata'>;

/** A line above a view: that it is still to come, or gone. */
class Line extends Widget {
  constructor(readonly closed: () => void) {
    super();
    this.addClass('jd-line');
    this.node.setAttribute('role', 'status');
    this.hide();
  }

  say(text: string, button = ''): void {
    const close = h('button', { type: 'button', class: 'jd-button' }, button);
    close.addEventListener('click', () => this.closed());
    this.node.replaceChildren(h('span', {}, text), ...(button ? [close] : []));
    this.setHidden(!text);
  }
}

/** A view of a notebook's kernel in a tab of its own. */
class ViewTab extends MainAreaWidget<Panel> {
  /** What is shown, so that it is not opened twice. */
  key = '';
  #line: Line;
  #model: string | null = null;
  #area: SimplifiedOutputArea;
  #kernel: Kernel.IKernelConnection | null;
  #gone = false;

  constructor(
    readonly notebook: NotebookPanel,
    readonly trans: TranslationBundle,
    readonly still: boolean
  ) {
    const content = new Panel();
    super({ content });
    content.addClass('jd-tab');
    this.toolbar.hide();
    this.#line = new Line(() => this.dispose());
    // the notebook's own: where there is a widget manager, it is in there
    this.#area = new SimplifiedOutputArea({
      model: new OutputAreaModel({ trusted: true }),
      rendermime: notebook.content.rendermime,
      contentFactory: OutputArea.defaultContentFactory
    });
    content.addWidget(this.#line);
    content.addWidget(this.#area);
    const { sessionContext } = notebook;
    this.#kernel = sessionContext.session?.kernel ?? null;
    sessionContext.statusChanged.connect(this.#status, this);
    sessionContext.kernelChanged.connect(this.#end, this);
    notebook.disposed.connect(this.#end, this);
  }

  get gone(): boolean {
    return this.#gone;
  }

  display({ data, metadata }: Bundle): void {
    const shown = { ...data };
    // half of what a live view needs would show an error in its place
    if (this.still && 'text/html' in shown) delete shown[WIDGET];
    const output = { output_type: 'display_data', data: shown, metadata } as IOutput;
    this.#area.model.add(output);
  }

  /** Asks the kernel for a view and shows it, or why there is none. */
  async make(name: string, kind: string, rows: number): Promise<void> {
    const kernel = this.#kernel;
    if (!kernel) return;
    if (kernel.status === 'busy') {
      this.#line.say(this.trans.__('The kernel is busy. The view comes when it is done.'));
    }
    const told = await ask<Made>(kernel, { ask: 'view', name, kind, rows });
    if (this.isDisposed) {
      if (told.why === null) await this.#forget(told.value.model);
      return;
    }
    if (this.#gone) return;
    if (told.why !== null) {
      const { text, cell } = explain(told, this.trans);
      this.#line.say(cell ? `${text} ${cell}` : text, this.trans.__('Close'));
      return;
    }
    this.#line.say('');
    this.#model = told.value.model;
    this.title.caption = told.value.subject;
    this.display(told.value);
  }

  override dispose(): void {
    if (this.isDisposed) return;
    const { sessionContext, disposed } = this.notebook;
    sessionContext.statusChanged.disconnect(this.#status, this);
    sessionContext.kernelChanged.disconnect(this.#end, this);
    disposed.disconnect(this.#end, this);
    if (!this.#gone) void this.#forget(this.#model);
    super.dispose();
  }

  async #forget(model: string | null): Promise<void> {
    if (model && this.#kernel && !this.#kernel.isDisposed) {
      await ask(this.#kernel, { ask: 'close', model });
    }
  }

  #status(_context: unknown, status: Kernel.Status): void {
    if (ended(status)) this.#end();
  }

  #end(): void {
    if (this.#gone || this.isDisposed) return;
    this.#gone = true;
    this.addClass('jd-gone');
    this.#line.say(
      this.trans.__('The kernel that this view belongs to is gone, so that it answers no more.'),
      this.trans.__('Close')
    );
  }
}

/** Opens views beside their notebook. */
export class Views {
  #tabs = new Set<ViewTab>();
  #made = 0;

  constructor(
    readonly app: JupyterFrontEnd,
    readonly icon: LabIcon,
    readonly trans: TranslationBundle
  ) {}

  open(notebook: NotebookPanel, d: Distilled, kind: string, rows: number): ViewTab {
    const key = `${notebook.id} ${d.name} ${d.id} ${kind}`;
    const there = [...this.#tabs].find((tab) => tab.key === key && !tab.gone);
    if (there) {
      this.app.shell.activateById(there.id);
      return there;
    }
    const tab = this.#add(notebook, `${viewName(kind, this.trans)}: ${d.name}`);
    tab.key = key;
    void tab.make(d.name, kind, rows);
    return tab;
  }

  /** Shows an output of a cell once more. */
  output(notebook: NotebookPanel, bundle: Bundle): ViewTab {
    const tab = this.#add(notebook, this.trans.__('View of %1', notebook.title.label));
    tab.display(bundle);
    return tab;
  }

  #add(notebook: NotebookPanel, label: string): ViewTab {
    const { shell } = this.app;
    const still = withoutViews((id) => this.app.hasPlugin(id)).length > 0;
    const tab = new ViewTab(notebook, this.trans, still);
    // counted: what makes ids in browsers is missing where a page comes by plain http
    tab.id = `jupyter-distill-view-${++this.#made}`;
    tab.title.label = label;
    tab.title.caption = label;
    tab.title.icon = this.icon;
    tab.title.closable = true;
    // beside the notebook, and where a view of it is there already, behind that
    const last = [...this.#tabs].findLast((one) => one.notebook === notebook && one.isAttached);
    this.#tabs.add(tab);
    tab.disposed.connect(() => this.#tabs.delete(tab));
    shell.add(
      tab,
      'main',
      last ? { mode: 'tab-after', ref: last.id } : { mode: 'split-right', ref: notebook.id }
    );
    // the main area of Notebook 7 holds its notebook alone
    if (!tab.isAttached) shell.add(tab, 'right');
    shell.activateById(tab.id);
    return tab;
  }
}
