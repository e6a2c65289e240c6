import type { NotebookPanel } from '@jupyterlab/notebook';
import { type Answer, ask, type Distilled, type Variables } from './ask';
import type { Bench } from './bench';
import { askForm, say } from './dialogs';
import { insert } from './insert';
import { inMoment, settled } from './kernel';
import { explain } from './words';

/** What a command may be told. */
export interface Args {
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

/** Finds what an action is about: a notebook, what its kernel holds, one of its distillations. */
export class Subject {
  constructor(
    readonly bench: Pick<Bench, 'app' | 'tracker' | 'trans'>,
    readonly distil: () => Promise<void>
  ) {}

  /** The notebook in front and what its kernel holds; null, once it was said why there is none. */
  async here(title: string): Promise<Here | null> {
    const { app, trans, tracker } = this.bench;
    const panel = tracker?.currentWidget ?? null;
    if (!panel) return null;
    const { sessionContext } = panel;
    const ready = await inMoment(sessionContext.ready);
    const kernel = sessionContext.session?.kernel;
    // a session that starts is none yet; where nobody has chosen a kernel it never gets ready
    if (!kernel && (ready || sessionContext.hasNoKernel)) {
      await say(title, trans.__('This notebook has no kernel.'), trans);
      return null;
    }
    const status = kernel ? await settled(kernel) : 'starting';
    if (status === 'busy') {
      const busy = trans.__('The kernel is busy. Ask again when it is done.');
      await say(title, busy, trans);
      return null;
    }
    // of a kernel that does not start there is no answer for ever
    const told: Answer<Variables> =
      kernel && status === 'idle' ? await ask(kernel, { ask: 'variables' }) : { why: 'later' };
    if (told.why === null) return { panel, known: told.value };
    const { text, cell } = explain(told, trans);
    const action = cell && trans.__('Insert This Cell');
    const wanted = await say(title, cell ? `${text}\n${cell}` : text, trans, action);
    if (wanted && cell) await insert(app, panel, cell, false);
    return null;
  }

  /** The distillation that a command is about: given, the only one, or chosen. */
  async distilled(title: string, { name, d: given }: Args): Promise<About | null> {
    const { trans, tracker } = this.bench;
    const front = tracker?.currentWidget;
    // who knows it need not ask: a cell may be inserted while another one runs
    if (given && front) return { panel: front, d: given };
    const here = await this.here(title);
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
}

const choice = (d: Distilled): string => `${d.name}: ${d.teacher} → ${d.student}`;
