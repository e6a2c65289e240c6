import { describe, expect, it, vi } from 'vitest';

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

const trans = {
  __: (text: string, ...values: unknown[]) =>
    text.replace(/%(\d)/g, (_, n) => String(values[Number(n) - 1])),
  _n: (one: string, more: string, n: number) => (n === 1 ? one : more).replace('%1', String(n))
};
const nullTranslator = { load: () => trans };

const { default: plugin } = await import('../lab/index');
const { ID } = await import('../lab/commands');
const { DistillPanel, fidelity } = await import('../lab/panel');
const { CALM, Known } = await import('../lab/known');
const { ask, expression, read } = await import('../lab/ask');
const { Form } = await import('../lab/dialogs');
const cells = await import('../lab/cells');
const words = await import('../lab/words');
const { Settings } = await import('../lab/settings');
const { followTheme } = await import('../shared/theme');
const { version } = await import('../lab/version');
const schema = (await import('../schema/plugin.json')).default;
type Distilled = import('../lab/ask').Distilled;
type Look = import('../lab/ask').Look;
type Variables = import('../lab/ask').Variables;
// biome-ignore lint/suspicious/noExplicitAny: stand-ins for what JupyterLab gives
type Any = any;

class Signal {
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

function notebook(name: string) {
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

const slots = (panel: ReturnType<typeof notebook>) =>
  [
    panel.title.changed,
    panel.disposed,
    panel.sessionContext.kernelChanged,
    panel.sessionContext.statusChanged,
    panel.sessionContext.connectionStatusChanged
  ].reduce((sum, signal) => sum + signal.slots.length, 0);

const one: Distilled = {
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
const look = (...distillations: Distilled[]): Look => ({
  version,
  python: '/env',
  alias: 'jd',
  distillations
});

const plain = (text: string) => text.replaceAll('\u2060', '').replaceAll('\u00a0', ' ');

/** A panel in front of notebooks, and what their kernels were asked. */
function front(answers: () => unknown = () => ({ why: null, value: look(one) })) {
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

describe('the lab plugin', () => {
  const commands = new Map<string, Any>();
  const added: [unknown, string][] = [];
  const opened: string[] = [];
  const app = {
    hasPlugin: () => true,
    commands: { addCommand: (id: string, options: unknown) => commands.set(id, options) },
    shell: {
      add: (widget: unknown, area: string) => added.push([widget, area]),
      activateById: (id: string) => opened.push(id)
    }
  };

  it('asks for nothing it cannot do without, and registers its panel and commands', () => {
    expect(plugin.id).toBe('jupyter-distill:plugin');
    expect(plugin.requires ?? []).toEqual([]);
    plugin.activate(app as Any, null, null, null, null, null, null);
    expect(added.map(([, area]) => area)).toEqual(['left']);
    expect([...commands.keys()].sort()).toEqual(Object.values(ID).sort());
    commands.get(ID.panel).execute();
    expect(opened).toEqual(['jupyter-distill-panel']);
    expect(commands.get(ID.distil).isEnabled()).toBe(false);
  });

  it('puts its commands into palette and launcher', () => {
    const items: string[] = [];
    const cards: string[] = [];
    const palette = { addItem: ({ command }: { command: string }) => items.push(command) };
    const launcher = { add: ({ command }: { command: string }) => cards.push(command) };
    plugin.activate(app as Any, palette, null, null, null, null, launcher);
    expect(items.sort()).toEqual(
      Object.values(ID)
        .filter((id) => id !== ID.output)
        .sort()
    );
    expect(cards).toEqual([ID.notebook]);
  });

  it('names in its schema only commands that there are', () => {
    const menus = schema['jupyter.lab.menus'];
    const named = [
      ...menus.main.flatMap((menu) => menu.items.map((item: Any) => item.command)),
      ...menus.context.map((item) => item.command),
      ...schema['jupyter.lab.shortcuts'].map((item) => item.command)
    ].filter(Boolean);
    expect([...new Set(named)].filter((id) => !commands.has(id))).toEqual([]);
  });

  it('takes its settings and says the theme where views look', () => {
    const values: Record<string, unknown> = {
      defaultStudent: 'ebm',
      theme: 'dark',
      rowsPerView: 9
    };
    const changed = new Signal();
    const registry = { changed, get: (key: string) => ({ composite: values[key] }) };
    const settings = new Settings();
    for (const [key, { default: usual }] of Object.entries(schema.properties)) {
      const ours = { defaultStudent: 'student', theme: 'theme', rowsPerView: 'rows' }[
        key
      ] as string;
      expect((settings as Any)[ours]).toBe(usual);
    }
    settings.follow(registry as Any);
    expect([settings.student, settings.rows]).toEqual(['ebm', 9]);
    expect(document.body.dataset.jupyterDistillTheme).toBe('dark');
    values.theme = 'auto';
    changed.emit();
    expect(document.body.dataset.jupyterDistillTheme).toBeUndefined();
  });
});

describe('the theme that a person chose for views', () => {
  it('holds whatever the page has, and with it the colours', async () => {
    const place = document.createElement('div');
    const ended = new AbortController();
    document.body.dataset.jpThemeLight = 'true';
    followTheme(place, place, ended.signal);
    expect([place.dataset.theme, place.hasAttribute('data-own-colours')]).toEqual(['light', false]);
    document.body.dataset.jupyterDistillTheme = 'dark';
    await vi.waitFor(() => expect(place.dataset.theme).toBe('dark'));
    expect(place.hasAttribute('data-own-colours')).toBe(true);
    delete document.body.dataset.jupyterDistillTheme;
    await vi.waitFor(() => expect(place.dataset.theme).toBe('light'));
    delete document.body.dataset.jpThemeLight;
    ended.abort();
  });
});

describe('the panel', () => {
  it('follows the notebook in front, its kernel and its restarts', () => {
    vi.useFakeTimers();
    const { show, text, panel, tracker } = front();
    expect(text()).toContain('No notebook is open.');
    const [first, second] = [notebook('one.ipynb'), notebook('two.ipynb')];
    show(first);
    expect(text()).toContain('one.ipynb');
    expect(text()).toContain('Python 3 (idle)');
    first.sessionContext.kernelDisplayStatus = 'restarting';
    first.sessionContext.statusChanged.emit('restarting');
    expect(text()).toContain('restarting');
    first.sessionContext.kernelDisplayName = 'R';
    first.sessionContext.kernelChanged.emit();
    expect(panel.node.querySelectorAll('dd')[1].textContent).toContain('R');
    show(second);
    expect(text()).toContain('two.ipynb');
    expect([slots(first), slots(second)]).toEqual([0, 5]);
    second.sessionContext.hasNoKernel = true;
    second.sessionContext.kernelChanged.emit();
    expect(text()).toContain('This notebook has no kernel.');
    panel.dispose();
    expect([slots(second), tracker.currentChanged.slots.length]).toEqual([0, 0]);
  });

  it('forgets a notebook that is closed', () => {
    const { show, text } = front();
    const closed = notebook('one.ipynb');
    show(closed);
    closed.disposed.emit();
    show(null);
    expect(text()).toContain('No notebook is open.');
    expect(slots(closed)).toBe(0);
  });

  it('lists distillations and hands on what is wished', async () => {
    vi.useFakeTimers();
    const { show, known, panel, wished } = front();
    known.seen = true;
    show(notebook('one.ipynb'));
    await vi.advanceTimersByTimeAsync(CALM);
    const card = panel.node.querySelector('.jd-card') as HTMLElement;
    const facts = [...card.querySelectorAll('dd')].map((fact) => plain(fact.textContent ?? ''));
    expect(facts).toEqual([
      'RandomForestClassifier',
      'tree of 6 leaves',
      '6',
      '2.0',
      '89 % agreement (74–96 %)'
    ]);
    expect(card.textContent).toContain('1 problem, 2 warnings');
    for (const button of panel.node.querySelectorAll('button')) button.click();
    expect(wished).toEqual([
      ['view', one, 'whole'],
      ['view', one, 'tree'],
      ['audit', one],
      ['report', one],
      ['certificate', one],
      ['distil'],
      ['check']
    ]);
  });

  it('asks when it is seen, when a cell has run, once, and never a kernel that is busy', async () => {
    vi.useFakeTimers();
    const { show, known, ran, asked } = front();
    const here = notebook('one.ipynb');
    const { sessionContext: context } = here;
    const pass = () => vi.advanceTimersByTimeAsync(10 * CALM);
    show(here);
    await pass();
    expect(asked).toHaveLength(0);
    known.seen = true;
    await pass();
    expect(asked).toEqual([context.session.kernel]);
    // its own question makes the kernel busy and idle: no reason to ask again
    context.statusChanged.emit('busy');
    context.statusChanged.emit('idle');
    await pass();
    expect(asked).toHaveLength(1);
    for (let n = 0; n < 5; n++) ran.emit({ notebook: here.content });
    ran.emit({ notebook: {} });
    await pass();
    expect(asked).toHaveLength(2);
    context.session.kernel.status = 'busy';
    ran.emit({ notebook: here.content });
    await pass();
    expect(asked).toHaveLength(2);
    context.session.kernel.status = 'idle';
    context.statusChanged.emit('idle');
    await pass();
    expect(asked).toHaveLength(3);
    known.seen = false;
    ran.emit({ notebook: here.content });
    await pass();
    expect(asked).toHaveLength(3);
  });

  it('drops what a kernel said before it was restarted', async () => {
    vi.useFakeTimers();
    let tell: (answer: unknown) => void = () => {};
    const { show, known, text, asked } = front(() => new Promise((done) => (tell = done)));
    const here = notebook('one.ipynb');
    known.seen = true;
    show(here);
    await vi.advanceTimersByTimeAsync(CALM);
    here.sessionContext.statusChanged.emit('restarting');
    tell({ why: null, value: look(one) });
    await vi.advanceTimersByTimeAsync(CALM);
    expect(text()).toContain('Asking the kernel …');
    expect(asked).toHaveLength(2);
    tell({ why: null, value: look() });
    await vi.advanceTimersByTimeAsync(CALM);
    expect(text()).toContain('There is no distillation in this notebook yet.');
  });

  it('does not wait for one kernel to ask another', async () => {
    vi.useFakeTimers();
    const { show, known, asked } = front(() => new Promise(() => {}));
    const [first, second] = [notebook('one.ipynb'), notebook('two.ipynb')];
    known.seen = true;
    show(first);
    await vi.advanceTimersByTimeAsync(CALM);
    show(second);
    await vi.advanceTimersByTimeAsync(CALM);
    expect(asked).toEqual([first, second].map((one) => one.sessionContext.session.kernel));
    expect(asked[0]).not.toBe(asked[1]);
  });

  it('says what to install, and offers the cell', async () => {
    vi.useFakeTimers();
    const { show, known, text, panel, wished } = front(() => ({ why: 'missing', python: '/py' }));
    known.seen = true;
    show(notebook('one.ipynb'));
    await vi.advanceTimersByTimeAsync(CALM);
    expect(text()).toContain('not installed in the kernel (/py)');
    panel.node.querySelector('button')?.click();
    expect(wished).toEqual([['insert', '%pip install jupyter-distill']]);
  });

  it('writes fidelity in its own measure', () => {
    const write = (measure: string, ...values: (number | null)[]) =>
      plain(fidelity({ measure, fidelity: values }, trans as Any));
    expect(write('R2', 0.913, 0.9, 0.95)).toBe('R² 0.91 (0.90–0.95)');
    expect(write('agreement', 1, 0.98, 1)).toBe('100 % agreement (98–100 %)');
    expect(write('agreement', 0.5, null, null)).toBe('50 % agreement');
    expect(write('agreement', null, null, null)).toBe('–');
  });
});

describe('what is said of a kernel', () => {
  it('has a reason and a remedy for each trouble', () => {
    const say = (trouble: Any) => words.explain(trouble, trans as Any);
    expect(say({ why: 'language', language: 'R' }).text).toContain('This kernel runs R');
    expect(say({ why: 'later' }).text).toContain('Try again');
    const old = { why: 'error', name: 'ModuleNotFoundError', message: "'jupyter_distill.lab'" };
    expect(say(old).cell).toBe(`%pip install jupyter-distill==${version}`);
    expect(say({ why: 'error', name: 'KeyError', message: "'x'" }).text).toContain("KeyError: 'x'");
  });

  it('explains where server and kernel differ', () => {
    const say = (look: Look, plugins: string[]) =>
      words.differences(look, (id) => plugins.includes(id), trans as Any);
    const both = ['anywidget:plugin', '@jupyter-widgets/jupyterlab-manager:plugin'];
    expect(say(look(), both)).toEqual([]);
    expect(say({ ...look(), version: '0.0.9' }, both)[0]).toContain(
      'jupyter_distill 0.0.9 (in /env)'
    );
    const [still] = say(look(), ['anywidget:plugin']);
    expect(still).toContain('still pictures: jupyterlab_widgets is missing');
  });
});

describe('asking a kernel', () => {
  const kernel = (content: unknown, language = 'python') => {
    const sent: Any[] = [];
    return {
      sent,
      info: Promise.resolve({ language_info: { name: language } }),
      requestExecute: (request: unknown) => {
        sent.push(request);
        return {
          done: content instanceof Error ? Promise.reject(content) : Promise.resolve({ content })
        };
      }
    };
  };
  const json = { panel: { status: 'ok', data: { 'application/json': { a: 1 } } } };

  it('leaves no trace', async () => {
    const here = kernel({ status: 'ok', user_expressions: json });
    const told = await ask(here as Any, { ask: 'look' });
    expect(told).toEqual({ why: null, value: { a: 1 } });
    expect(here.sent[0]).toMatchObject({ code: '', silent: true, store_history: false });
  });

  it('does not ask a kernel of another language', async () => {
    const here = kernel({}, 'R');
    expect(await ask(here as Any, { ask: 'look' })).toEqual({ why: 'language', language: 'R' });
    expect(here.sent).toEqual([]);
  });

  it('tells apart: missing, wrong, too early', async () => {
    const text = { panel: { status: 'ok', data: { 'text/plain': "'C:\\\\py.exe'" } } };
    expect(read({ status: 'ok', user_expressions: text })).toEqual({
      why: 'missing',
      python: 'C:\\py.exe'
    });
    const wrong = { panel: { status: 'error', ename: 'E', evalue: 'v' } };
    expect(read({ status: 'ok', user_expressions: wrong })).toMatchObject({
      why: 'error',
      name: 'E'
    });
    expect(read({ status: 'ok', user_expressions: {} })).toMatchObject({ why: 'error' });
    expect(read({ status: 'aborted' })).toEqual({ why: 'later' });
    expect(await ask(kernel(new Error('Canceled')) as Any, { ask: 'look' })).toEqual({
      why: 'later'
    });
  });

  it('quotes whatever a name holds', () => {
    const name = `a"b'c\\d\n`;
    const asked = expression({ ask: 'view', name, kind: 'tree', rows: 1 });
    const literal = asked.match(/\.answer\((".*?[^\\]")\)/)?.[1] ?? '';
    expect(JSON.parse(JSON.parse(literal)).name).toBe(name);
    expect(asked).not.toContain('\n');
  });
});

describe('cells that a person could have typed', () => {
  const wish = { name: 'd', teacher: 'model', X: 'X', y: 'y', student: 'tree' };

  it('say what is not default, and import what is not there', () => {
    expect(cells.distilCell('jd', wish)).toBe('d = jd.distill(model, X, y)\nd');
    expect(cells.distilCell('jupyter_distill', { ...wish, y: '', student: 'rules' })).toBe(
      'd = jupyter_distill.distill(model, X, student="rules")\nd'
    );
    expect(cells.checkCell(null, wish)).toBe(
      'import jupyter_distill as jd\n\njd.check_teacher(model, X, y)'
    );
    expect(cells.reportCell('d', 'a "b".html')).toBe('d.report("a \\"b\\".html")');
    expect(cells.certificateCell('d', 3)).toBe('d.certificate(3)');
  });

  it('take a name that is free', () => {
    expect(cells.freeName([])).toBe('d');
    expect(cells.freeName(['d', 'd2'])).toBe('d3');
    expect(['d', 'größe', '_x'].filter(cells.isName)).toHaveLength(3);
    expect(['', '2d', 'a b', 'class', 'd.e'].filter(cells.isName)).toEqual([]);
  });

  it('guess teacher, rows and the truth of these rows', () => {
    const variable = (name: string, kind: string, ...shape: number[]) => ({ name, kind, shape });
    const frames = [
      variable('X_test', 'DataFrame', 50, 3),
      variable('X_train', 'DataFrame', 100, 3),
      variable('y_test', 'Series', 50),
      variable('y_train', 'Series', 100)
    ];
    const models = [variable('load', 'function'), variable('forest', 'RandomForestClassifier')];
    const there = { ...look(), taken: [], teacher: models, X: frames, y: frames } as Variables;
    expect(cells.likely(there)).toEqual({ teacher: 'forest', X: 'X_train', y: 'y_train' });
    const bare = { ...there, teacher: [], X: [frames[0]], y: [frames[0]] } as Variables;
    expect(cells.likely(bare)).toEqual({ teacher: '', X: 'X_test', y: '' });
  });
});

describe('a dialog', () => {
  const choices = ['a', 'b'].map((value) => ({ value, label: value }));

  it('takes a choice, or what is typed in its place', () => {
    const field = { key: 'X', label: 'X', value: 'b', choices, other: 'An expression' };
    const form = new Form([field, { key: 'name', label: 'Name', value: ' d ' }]);
    expect(form.getValue()).toEqual({ X: 'b', name: 'd' });
    const select = form.node.querySelector('select') as HTMLSelectElement;
    const typed = select.nextElementSibling as HTMLInputElement;
    expect(typed.hidden).toBe(true);
    select.selectedIndex = 2;
    select.dispatchEvent(new Event('change'));
    expect(typed.hidden).toBe(false);
    typed.value = 'df[["a"]]';
    expect(form.getValue().X).toBe('df[["a"]]');
    // asked once more, the expression is still there
    const again = new Form([{ ...field, value: 'df[["a"]]' }], 'No');
    expect(again.getValue().X).toBe('df[["a"]]');
    expect(again.node.querySelector('[role=alert]')?.textContent).toBe('No');
    for (const label of again.node.querySelectorAll('label')) {
      expect(again.node.querySelector(`#${label.htmlFor}`)).not.toBeNull();
    }
  });
});
