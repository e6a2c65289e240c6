import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Bench } from './bench';
import * as cells from './cells';
import { askForm, say } from './dialogs';
import { newNotebook, openExamples } from './examples';
import { families, variables, wrong } from './fields';
import { insert } from './insert';
import { outputUnderMouse } from './output';
import { type Args, Subject } from './subject';
import { viewName } from './words';

/** What a person may have done, asked for what is not known yet. */
export class Actions {
  #subject: Subject;

  constructor(readonly bench: Bench) {
    this.#subject = new Subject(bench, () => this.distil());
  }

  async distil(): Promise<void> {
    const { trans, settings } = this.bench;
    const title = trans.__('New distillation');
    const here = await this.#subject.here(title);
    if (!here) return;
    const { panel, known } = here;
    const student = { key: 'student', label: trans.__('Student'), value: settings.student };
    const done = await askForm(
      title,
      [
        ...variables(known, trans),
        { ...student, choices: families(known, settings.student, trans) },
        { key: 'name', label: trans.__('Name'), value: cells.freeName(known.taken) }
      ],
      [trans.__('Insert'), trans.__('Insert and Run')],
      trans,
      (values) => wrong(values, trans)
    );
    if (!done) return;
    const code = cells.distilCell(known.alias, done.values as unknown as cells.Wish);
    await this.#insert(panel, code, done.button === 1);
  }

  async check(): Promise<void> {
    const { trans } = this.bench;
    const title = trans.__('Check the teacher');
    const here = await this.#subject.here(title);
    if (!here) return;
    const { panel, known } = here;
    const done = await askForm(
      title,
      variables(known, trans),
      [trans.__('Insert and Run')],
      trans,
      (values) => wrong(values, trans)
    );
    if (!done) return;
    const wish = done.values as unknown as cells.Wish;
    await this.#insert(panel, cells.checkCell(known.alias, wish));
  }

  async view(args: Args): Promise<void> {
    const { trans, views, settings } = this.bench;
    const title = trans.__('Open a view');
    const about = await this.#subject.distilled(title, args);
    if (!about) return;
    const { panel, d } = about;
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
    const about = await this.#subject.distilled(this.bench.trans.__('Findings'), args);
    if (about) await this.#insert(about.panel, cells.findingsCell(about.d.name));
  }

  async audit(args: Args): Promise<void> {
    const about = await this.#subject.distilled(this.bench.trans.__('Audit'), args);
    if (about) await this.#insert(about.panel, cells.auditCell(about.d.name));
  }

  async report(args: Args): Promise<void> {
    const { trans } = this.bench;
    const title = trans.__('Export report');
    const about = await this.#subject.distilled(title, args);
    if (!about) return;
    const { panel, d } = about;
    const field = { key: 'path', label: trans.__('File'), value: `${d.name}.html` };
    const none = trans.__('The report needs a file to be written to.');
    const done = await askForm(
      `${title}: ${d.name}`,
      [field],
      [trans.__('Insert and Run')],
      trans,
      ({ path }) => (path ? '' : none)
    );
    if (done) await this.#insert(panel, cells.reportCell(d.name, done.values.path));
  }

  async certificate(args: Args): Promise<void> {
    const { trans } = this.bench;
    const title = trans.__('Certificate of a row');
    const about = await this.#subject.distilled(title, args);
    if (!about) return;
    const { panel, d } = about;
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
    if (done) await this.#insert(panel, cells.certificateCell(d.name, Number(done.values.row)));
  }

  /** Whether there is an output of ours under the mouse. */
  hasOutput(): boolean {
    return outputUnderMouse(this.bench) !== null;
  }

  /** Shows the output under the mouse in a tab. */
  output(): void {
    const found = outputUnderMouse(this.bench);
    if (found) this.bench.views.output(found.panel, found.bundle);
  }

  async openExamples(): Promise<void> {
    const { app, trans } = this.bench;
    try {
      await openExamples(app);
    } catch (reason) {
      const why = reason instanceof Error ? reason.message : String(reason);
      const text = trans.__('They could not be copied: %1', why);
      await say(trans.__('Workshop notebooks'), text, trans);
    }
  }

  async newNotebook(cwd: string): Promise<void> {
    const { app, trans } = this.bench;
    if ((await newNotebook(app, cwd)) !== null) return;
    const text = trans.__('No kernel here runs Python. Install one: pip install ipykernel');
    await say(trans.__('New distill notebook'), text, trans);
  }

  /** Writes code into a notebook, as {@link insert} says. */
  #insert(panel: NotebookPanel, code: string, run = true): Promise<void> {
    return insert(this.bench.app, panel, code, run);
  }
}
