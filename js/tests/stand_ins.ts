import { vi } from 'vitest';

// Only tokens and a few base classes are used at run time: stand-ins keep the whole of JupyterLab
// out of tests that are about what we register, say and ask.
class Widget {
  node = document.createElement('div');
  title = {};
  isDisposed = false;
  isVisible = true;
  addClass(name: string) {
    this.node.classList.add(name);
  }
  dispose() {
    this.isDisposed = true;
  }
}
vi.mock('@jupyterlab/application', () => ({ ILayoutRestorer: 'restorer' }));
vi.mock('@jupyterlab/apputils', () => ({
  ICommandPalette: 'palette',
  MainAreaWidget: class {},
  Dialog: {},
  showDialog: () => {}
}));
vi.mock('@jupyterlab/coreutils', () => ({ PageConfig: {}, URLExt: {} }));
vi.mock('@jupyterlab/launcher', () => ({ ILauncher: 'launcher' }));
vi.mock('@jupyterlab/notebook', () => ({
  INotebookTracker: 'tracker',
  NotebookActions: { executed: { connect() {}, disconnect() {} } }
}));
vi.mock('@jupyterlab/outputarea', () => ({ OutputArea: {}, SimplifiedOutputArea: class {} }));
vi.mock('@jupyterlab/settingregistry', () => ({ ISettingRegistry: 'settings' }));
vi.mock('@jupyterlab/translation', () => ({ ITranslator: 'translator', nullTranslator }));
vi.mock('@jupyterlab/ui-components', () => ({ LabIcon: class {} }));
vi.mock('@lumino/widgets', () => ({ Widget, Panel: Widget }));

export const trans = {
  gettext: (text: string) => text,
  __: (text: string, ...values: unknown[]) =>
    text.replace(/%(\d)/g, (_, n) => String(values[Number(n) - 1])),
  _n: (one: string, more: string, n: number) => (n === 1 ? one : more).replace('%1', String(n))
};
export const nullTranslator = { load: () => trans };

export const { default: plugin } = await import('../lab/index');
export const { ID } = await import('../lab/commands');
export const { DistillPanel, fidelity } = await import('../lab/panel');
export const { CALM, Known } = await import('../lab/known');
export const { ask, expression, read } = await import('../lab/ask');
export const { Form } = await import('../lab/dialogs');
export const cells = await import('../lab/cells');
export const fields = await import('../lab/fields');
export const { settled } = await import('../lab/kernel');
export const { Subject } = await import('../lab/subject');
export const { translateMenu, translateSchema } = await import('../lab/translate');
export const words = await import('../lab/words');
export const { Settings } = await import('../lab/settings');
export const { followTheme } = await import('../shared/theme');
export const { version } = await import('../lab/version');
export const schema = (await import('../schema/plugin.json')).default;
export type Distilled = import('../lab/ask').Distilled;
export type Look = import('../lab/ask').Look;
export type Variables = import('../lab/ask').Variables;
// biome-ignore lint/suspicious/noExplicitAny: stand-ins for what JupyterLab gives
export type Any = any;

export class Signal {
  slots: [(...args: unknown[]) => void, unknown][] = [];
  connect(slot: () => void, self: unknown) {
    this.slots.push([slot, self]);
  }
  disconnect(slot: () => void, self: unknown) {
    this.slots = this.slots.filter(([a, b]) => a !== slot || b !== self);
  }
  emit(...args: unknown[]) {
    for (const [slot, self] of [...this.slots]) slot.call(self, undefined, ...args);
  }
}

export function notebook(name: string) {
  return {
    title: { label: name, changed: new Signal() },
    disposed: new Signal(),
    content: { name },
    sessionContext: {
      hasNoKernel: false,
      kernelDisplayName: 'Python 3',
      kernelDisplayStatus: 'idle',
      session: { kernel: { status: 'idle' } },
      kernelChanged: new Signal(),
      statusChanged: new Signal(),
      connectionStatusChanged: new Signal()
    }
  };
}

export const slots = (panel: ReturnType<typeof notebook>) =>
  [
    panel.title.changed,
    panel.disposed,
    panel.sessionContext.kernelChanged,
    panel.sessionContext.statusChanged,
    panel.sessionContext.connectionStatusChanged
  ].reduce((sum, signal) => sum + signal.slots.length, 0);

export const one: Distilled = {
  name: 'd',
  id: 7,
  teacher: 'RandomForestClassifier',
  student: 'tree of 6 leaves',
  family: 'tree',
  size: 6,
  temperature: 2,
  alpha: 0.1,
  measure: 'agreement',
  fidelity: [0.886, 0.74, 0.955],
  rows: 178,
  findings: ['warning', 'warning', 'problem'],
  views: ['whole', 'tree']
};
export const look = (...distillations: Distilled[]): Look => ({
  version,
  python: '/env',
  alias: 'jd',
  missing: [],
  distillations
});

export const plain = (text: string) => text.replaceAll('\u2060', '').replaceAll('\u00a0', ' ');

/** A panel in front of notebooks, and what their kernels were asked. */
export function front(answers: () => unknown = () => ({ why: null, value: look(one) })) {
  const tracker = { currentWidget: null as unknown, currentChanged: new Signal() };
  const ran = new Signal();
  const asked: unknown[] = [];
  const asks = async (kernel: unknown) => {
    asked.push(kernel);
    return answers();
  };
  const known = new Known(tracker as Any, ran as Any, () => panel.refresh(), asks as Any);
  const wished: unknown[][] = [];
  const wishes = new Proxy({} as Any, {
    get:
      (_, name) =>
      (...args: unknown[]) =>
        wished.push([name, ...args])
  });
  const panel = new DistillPanel(known, wishes, trans as Any, () => true);
  const show = (next: unknown) => {
    tracker.currentWidget = next;
    tracker.currentChanged.emit(next);
  };
  return { tracker, ran, asked, known, panel, wished, show, text: () => panel.node.textContent };
}
