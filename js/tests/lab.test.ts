import { describe, expect, it, vi } from 'vitest';

// Only tokens and two base classes are used at run time: stand-ins keep the whole of JupyterLab
// out of a test that is about what we register and say.
vi.mock('@jupyterlab/application', () => ({ ILayoutRestorer: 'restorer' }));
vi.mock('@jupyterlab/apputils', () => ({ ICommandPalette: 'palette' }));
vi.mock('@jupyterlab/notebook', () => ({ INotebookTracker: 'tracker' }));
vi.mock('@jupyterlab/ui-components', () => ({ LabIcon: class {} }));
vi.mock('@lumino/widgets', () => ({
  Widget: class {
    node = document.createElement('div');
    title = {};
    isDisposed = false;
    addClass(name: string) {
      this.node.classList.add(name);
    }
    dispose() {
      this.isDisposed = true;
    }
  }
}));

const { default: plugin, OPEN_PANEL } = await import('../lab/index');
const { DistillPanel } = await import('../lab/panel');

class Signal {
  slots: [() => void, unknown][] = [];
  connect(slot: () => void, self: unknown) {
    this.slots.push([slot, self]);
  }
  disconnect(slot: () => void, self: unknown) {
    this.slots = this.slots.filter(([a, b]) => a !== slot || b !== self);
  }
  emit() {
    for (const [slot, self] of this.slots) slot.call(self);
  }
}

function notebook(name: string) {
  return {
    title: { label: name, changed: new Signal() },
    disposed: new Signal(),
    sessionContext: {
      hasNoKernel: false,
      kernelDisplayName: 'Python 3',
      kernelDisplayStatus: 'idle',
      kernelChanged: new Signal(),
      statusChanged: new Signal(),
      connectionStatusChanged: new Signal()
    }
  };
}

const slots = (panel: ReturnType<typeof notebook>) =>
  [
    panel.title.changed,
    panel.disposed,
    panel.sessionContext.kernelChanged,
    panel.sessionContext.statusChanged,
    panel.sessionContext.connectionStatusChanged
  ].reduce((sum, signal) => sum + signal.slots.length, 0);

describe('the lab plugin', () => {
  it('asks for nothing it cannot do without, and registers its panel and command', () => {
    expect(plugin.id).toBe('jupyter-distill:plugin');
    expect(plugin.requires ?? []).toEqual([]);
    const added: [unknown, string][] = [];
    const commands = new Map<string, { execute: () => void }>();
    const opened: string[] = [];
    const app = {
      commands: {
        addCommand: (id: string, options: { execute: () => void }) => commands.set(id, options)
      },
      shell: {
        add: (widget: unknown, area: string) => added.push([widget, area]),
        activateById: (id: string) => opened.push(id)
      }
    };
    // biome-ignore lint/suspicious/noExplicitAny: a stand-in for the application
    plugin.activate(app as any, null, null, null);
    expect(added.map(([, area]) => area)).toEqual(['left']);
    commands.get(OPEN_PANEL)?.execute();
    expect(opened).toEqual(['jupyter-distill-panel']);
    const items: unknown[] = [];
    // biome-ignore lint/suspicious/noExplicitAny: a stand-in for the application
    plugin.activate(app as any, { addItem: (item: unknown) => items.push(item) }, null, null);
    expect(items).toEqual([{ command: OPEN_PANEL, category: 'Distill' }]);
  });

  it('follows the notebook in front, its kernel and its restarts', () => {
    const tracker = { currentWidget: null as unknown, currentChanged: new Signal() };
    // biome-ignore lint/suspicious/noExplicitAny: a stand-in for the tracker
    const panel = new DistillPanel(tracker as any);
    const text = () => panel.node.textContent ?? '';
    expect(text()).toContain('No notebook is open.');
    const [one, two] = [notebook('one.ipynb'), notebook('two.ipynb')];
    tracker.currentWidget = one;
    tracker.currentChanged.emit();
    expect(text()).toContain('one.ipynb');
    expect(text()).toContain('Python 3');
    one.sessionContext.kernelDisplayStatus = 'restarting';
    one.sessionContext.statusChanged.emit();
    expect(text()).toContain('restarting');
    one.sessionContext.kernelDisplayName = 'R';
    one.sessionContext.kernelChanged.emit();
    expect(panel.node.querySelectorAll('dd')[1].textContent).toBe('R');
    tracker.currentWidget = two;
    tracker.currentChanged.emit();
    expect(text()).toContain('two.ipynb');
    expect([slots(one), slots(two)]).toEqual([0, 5]);
    two.sessionContext.hasNoKernel = true;
    two.sessionContext.kernelChanged.emit();
    expect(text()).toContain('not running');
    panel.dispose();
    expect([slots(two), tracker.currentChanged.slots.length]).toEqual([0, 0]);
  });

  it('forgets a notebook that is closed', () => {
    const one = notebook('one.ipynb');
    const tracker = { currentWidget: one as unknown, currentChanged: new Signal() };
    // biome-ignore lint/suspicious/noExplicitAny: a stand-in for the tracker
    const panel = new DistillPanel(tracker as any);
    tracker.currentWidget = null;
    one.disposed.emit();
    tracker.currentChanged.emit();
    expect(panel.node.textContent).toContain('No notebook is open.');
    expect(slots(one)).toBe(0);
  });
});
