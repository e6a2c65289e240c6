import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { CodeCell } from '@jupyterlab/cells';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import { ask, type Distilled, type Variable, type Variables } from './ask';
import * as cells from './cells';
import { askForm, type Choice, type Field, say, type Values } from './dialogs';
import { newNotebook, openExamples } from './examples';
import { insert } from './insert';
import type { Settings } from './settings';
import type { Views } from './views';
import { explain, viewName } from './words';

export const ID = {
  panel: 'jupyter-distill:open-panel',
  distil: 'jupyter-distill:distill',
  view: 'jupyter-distill:open-view',
  check: 'jupyter-distill:check-teacher',
  audit: 'jupyter-distill:audit',
  report: 'jupyter-distill:report',
  certificate: 'jupyter-distill:certificate',
  examples: 'jupyter-distill:open-examples',
  notebook: 'jupyter-distill:new-notebook',
  output: 'jupyter-distill:open-output'
} as const;

/** What the commands work with. */
interface Bench {
  app: JupyterFrontEnd;
  tracker: INotebookTracker | null;
  settings: Settings;
  views: Views;
  icon: LabIcon;
  trans: TranslationBundle;
}

const HOST = 'jupyter-distill';

/** Which distillation and view a command is about: asked for where they are not given. */
const about = (trans: TranslationBundle) => ({
  args: {
    type: 'object' as const,
    properties: {
      name: {
        type: 'string' as const,
        description: trans.__('The variable that holds the distillation')
      },
      kind: {
        type: 'string' as const,
        description: trans.__('The view, as jupyter_distill.lab.VIEWS names it')
      }
    }
  }
});
const NOTHING = { args: { type: 'object', properties: {} } } as const;

/** The commands on the notebook in front. */
export class Commands {
  constructor(readonly bench: Bench) {}

  /** Adds them all, and returns the ids of those for the palette. */
  add(): string[] {
    const { app, tracker, trans, icon } = this.bench;
    const { commands } = app;
    const open = () => Boolean(tracker?.currentWidget);
    const add = (id: string, label: string, execute: (args: Args) => unknown, asks = false) =>
      commands.addCommand(id, {
        label,
        describedBy: asks ? about(trans) : NOTHING,
        isEnabled: open,
        execute: (args) => execute(args as Args)
      });
    add(ID.distil, trans.__('New Distillation from Variables…'), () => this.distil());
    add(ID.check, trans.__('Check the Teacher…'), () => this.check());
    add(ID.view, trans.__('Open View in Its Own Tab…'), (args) => this.view(args), true);
    add(ID.audit, trans.__('Audit a Distillation…'), (args) => this.audit(args), true);
    add(ID.report, trans.__('Export Report…'), (args) => this.report(args), true);
    add(ID.certificate, trans.__('Certificate of a Row…'), (args) => this.certificate(args), true);
    tracker?.currentChanged.connect(() => commands.notifyCommandChanged());

    commands.addCommand(ID.examples, {
      label: trans.__('Open the Workshop Notebooks'),
      describedBy: NOTHING,
      execute: () => this.#openExamples()
    });
    commands.addCommand(ID.notebook, {
      label: (args) =>
        args.isLauncher ? trans.__('Distillation') : trans.__('New Distill Notebook'),
      caption: trans.__('A notebook that distils a model into one that people can read'),
      icon: (args) => (args.isPalette ? undefined : icon),
      describedBy: {
        args: {
          type: 'object',
          properties: { cwd: { type: 'string', description: trans.__('Its folder') } }
        }
      },
      execute: (args) => this.#newNotebook(String(args.cwd ?? ''))
    });
    commands.addCommand(ID.output, {
      label: trans.__('Open This View in Its Own Tab'),
      describedBy: NOTHING,
      icon,
      isVisible: () => this.#output() !== null,
      execute: () => this.output()
    });
    return Object.values(ID).filter((id) => id !== ID.output && id !== ID.panel);
  }

  async distil(): Promise<void> {
    const { trans, settings } = this.bench;
    const here = await this.#here(trans.__('New distillation'));
    if (!here) return;
    const { panel, known } = here;
    const done = await askForm(
      trans.__('New distillation'),
      [
        ...this.#variables(known),
        {
          key: 'student',
          label: trans.__('Student'),
          value: settings.student,
          choices: this.#families()
        },
        { key: 'name', label: trans.__('Name'), value: cells.freeName(known.taken) }
      ],
      [trans.__('Insert'), trans.__('Insert and Run')],
      trans,
      (values) => this.#wrong(values)
    );
    if (!done) return;
    const code = cells.distilCell(known.alias, done.values as unknown as cells.Wish);
    await this.#insert(panel, code, done.button === 1);
  }

  async check(): Promise<void> {
    const { trans } = this.bench;
    const here = await this.#here(trans.__('Check the teacher'));
    if (!here) return;
    const { panel, known } = here;
    const done = await askForm(
      trans.__('Check the teacher'),
      this.#variables(known),
      [trans.__('Insert and Run')],
      trans,
      (values) => this.#wrong(values)
    );
    if (!done) return;
    const wish = done.values as unknown as cells.Wish;
    await this.#insert(panel, cells.checkCell(known.alias, wish), true);
  }

  async view(args: Args): Promise<void> {
    const { trans, views, settings } = this.bench;
    const title = trans.__('Open a view');
    const here = await this.#distilled(title, args);
    if (!here) return;
    const { panel, d } = here;
    const choices = d.views.map((kind) => ({ value: kind, label: viewName(kind, trans) }));
    let kind = args.kind ?? '';
    if (!d.views.includes(kind)) {
      const field = { key: 'kind', label: trans.__('View'), value: 'whole', choices };
      const done = await askForm(`${title}: ${d.name}`, [field], [trans.__('Open')], trans);
      if (!done) return;
      kind = done.values.kind;
    }
    views.open(panel, d, kind, settings.rows);
  }

  async findings(args: Args): Promise<void> {
    const here = await this.#distilled(this.bench.trans.__('Findings'), args);
    if (here) await this.#insert(here.panel, cells.findingsCell(here.d.name), true);
  }

  async audit(args: Args): Promise<void> {
    const here = await this.#distilled(this.bench.trans.__('Audit'), args);
    if (here) await this.#insert(here.panel, cells.auditCell(here.d.name), true);
  }

  async report(args: Args): Promise<void> {
    const { trans } = this.bench;
    const title = trans.__('Export report');
    const here = await this.#distilled(title, args);
    if (!here) return;
    const { panel, d } = here;
    const field = { key: 'path', label: trans.__('File'), value: `${d.name}.html` };
    const none = trans.__('The report needs a file to be written to.');
    const done = await askForm(
      `${title}: ${d.name}`,
      [field],
      [trans.__('Insert and Run')],
      trans,
      ({ path }) => (path ? '' : none)
    );
    if (done) await this.#insert(panel, cells.reportCell(d.name, done.values.path), true);
  }

  async certificate(args: Args): Promise<void> {
    const { trans } = this.bench;
    const title = trans.__('Certificate of a row');
    const here = await this.#distilled(title, args);
    if (!here) return;
    const { panel, d } = here;
    const most = d.rows - 1;
    const label = trans.__('Row, by its position from 0 to %1', most);
    const field = { key: 'row', label, value: '0', number: { most } };
    const done = await askForm(
      `${title}: ${d.name}`,
      [field],
      [trans.__('Insert and Run')],
      trans,
      ({ row }) => (/^\d+$/.test(row) && Number(row) <= most ? '' : label)
    );
    if (done)
      await this.#insert(panel, cells.certificateCell(d.name, Number(done.values.row)), true);
  }

  /** Writes code into a notebook, as {@link insert} says. */
  #insert(panel: NotebookPanel, code: string, run: boolean): Promise<void> {
    return insert(this.bench.app, panel, code, run);
  }

  /** Shows the output under the mouse in a tab. */
  output(): void {
    const found = this.#output();
    if (found) this.bench.views.output(found.panel, found.bundle);
  }

  #output() {
    const { app, tracker } = this.bench;
    const panel = tracker?.currentWidget;
    const host = app.contextMenuHitTest((node) => node.classList.contains(HOST));
    if (!panel || !host) return null;
    const cell = panel.content.widgets.find((one) => one.node.contains(host));
    const area = (cell as CodeCell | undefined)?.outputArea;
    const place = area?.widgets.findIndex((one) => one.node.contains(host)) ?? -1;
    if (!area || place < 0) return null;
    const { data, metadata } = area.model.get(place);
    return { panel, bundle: { data: { ...data }, metadata: { ...metadata } } };
  }

  async #openExamples(): Promise<void> {
    const { app, trans } = this.bench;
    try {
      await openExamples(app);
    } catch (reason) {
      const why = reason instanceof Error ? reason.message : String(reason);
      const text = trans.__('They could not be copied: %1', why);
      await say(trans.__('Workshop notebooks'), text, trans);
    }
  }

  async #newNotebook(cwd: string): Promise<void> {
    const { app, trans } = this.bench;
    if ((await newNotebook(app, cwd)) !== null) return;
    const text = trans.__('No kernel here runs Python. Install one: pip install ipykernel');
    await say(trans.__('New distill notebook'), text, trans);
  }

  /** The notebook in front and what its kernel holds; null, once it was said why there is none. */
  async #here(title: string): Promise<Here | null> {
    const { trans, tracker } = this.bench;
    const panel = tracker?.currentWidget ?? null;
    if (!panel) return null;
    await panel.sessionContext.ready;
    const kernel = panel.sessionContext.session?.kernel;
    if (!kernel) {
      await say(title, trans.__('This notebook has no kernel.'), trans);
      return null;
    }
    if (kernel.status === 'busy') {
      const busy = trans.__('The kernel is busy. Ask again when it is done.');
      await say(title, busy, trans);
      return null;
    }
    const told = await ask<Variables>(kernel, { ask: 'variables' });
    if (told.why === null) return { panel, known: told.value };
    const { text, cell } = explain(told, trans);
    const action = cell && trans.__('Insert This Cell');
    const wanted = await say(title, cell ? `${text}\n${cell}` : text, trans, action);
    if (wanted && cell) await this.#insert(panel, cell, false);
    return null;
  }

  /** The distillation that a command is about: given, the only one, or chosen. */
  async #distilled(title: string, { name, d: given }: Args): Promise<About | null> {
    const { trans, tracker } = this.bench;
    const front = tracker?.currentWidget;
    // who knows it need not ask: a cell may be inserted while another one runs
    if (given && front) return { panel: front, d: given };
    const here = await this.#here(title);
    if (!here) return null;
    const all = here.known.distillations;
    if (!all.length) {
      const text = trans.__('There is no distillation in this notebook yet. Make one first?');
      if (await say(title, text, trans, trans.__('New Distillation…'))) await this.distil();
      return null;
    }
    let d = all.find((one) => one.name === name);
    if (!d && all.length === 1 && !name) d = all[0];
    if (!d) {
      const choices = all.map((one) => ({ value: one.name, label: choice(one) }));
      const field = { key: 'name', label: trans.__('Distillation'), value: all[0].name, choices };
      const done = await askForm(title, [field], [trans.__('Go On')], trans);
      d = all.find((one) => one.name === done?.values.name);
    }
    return d ? { panel: here.panel, d } : null;
  }

  #variables(known: Variables): Field[] {
    const { trans } = this.bench;
    const guess = cells.likely(known);
    const other = trans.__('An expression …');
    const none = { value: '', label: trans.__('not known') };
    const field = (key: 'teacher' | 'X' | 'y', label: string, more: Choice[] = []): Field => ({
      key,
      label,
      value: guess[key],
      choices: [...more, ...known[key].map((one) => ({ value: one.name, label: describe(one) }))],
      other
    });
    return [
      field('teacher', trans.__('Teacher: the fitted model')),
      field('X', trans.__('X: the rows')),
      field('y', trans.__('y: the truth of these rows'), [none])
    ];
  }

  #wrong({ teacher, X, name }: Values): string {
    const { trans } = this.bench;
    if (!teacher) return trans.__('A teacher is needed: fit a model first, or type an expression.');
    if (!X) return trans.__('Rows are needed: name the data that the teacher answers.');
    if (name !== undefined && !cells.isName(name)) {
      return trans.__('“%1” is no name of a variable.', name);
    }
    return '';
  }

  #families(): Choice[] {
    const { trans } = this.bench;
    return [
      { value: 'tree', label: trans.__('tree') },
      { value: 'rules', label: trans.__('rules') },
      { value: 'linear', label: trans.__('linear') },
      { value: 'ebm', label: trans.__('EBM: shape functions') },
      { value: 'net', label: trans.__('net: small and sparse') },
      { value: 'auto', label: trans.__('auto: all of them are tried') }
    ];
  }
}

interface Args {
  name?: string;
  kind?: string;
  d?: Distilled;
}

interface Here {
  panel: NotebookPanel;
  known: Variables;
}

interface About {
  panel: NotebookPanel;
  d: Distilled;
}

const choice = (d: Distilled): string => `${d.name}: ${d.teacher} → ${d.student}`;

const describe = ({ name, kind, shape }: Variable): string =>
  shape.length ? `${name} (${kind}, ${shape.join(' × ')})` : `${name} (${kind})`;
