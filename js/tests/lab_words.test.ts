import { describe, expect, it, vi } from 'vitest';
import {
  type Any,
  ask,
  cells,
  expression,
  Form,
  fields,
  type Look,
  look,
  read,
  Signal,
  settled,
  trans,
  type Variables,
  version,
  words
} from './stand_ins';

describe('what is said of a kernel', () => {
  it('has a reason and a remedy for each trouble', () => {
    const say = (trouble: Any) => words.explain(trouble, trans as Any);
    expect(say({ why: 'language', language: 'R' }).text).toContain('This kernel runs R');
    expect(say({ why: 'later' }).text).toContain('Try again');
    const old = { why: 'error', name: 'ModuleNotFoundError', message: "'jupyter_distill.lab'" };
    expect(say(old).cell).toBe(`%pip install jupyter-distill==${version}`);
    expect(say({ why: 'error', name: 'KeyError', message: "'x'" }).text).toContain("KeyError: 'x'");
    expect(say({ why: 'error', name: '', message: '' }).text).toBe('The kernel gave no answer.');
  });

  it('explains where server and kernel differ', () => {
    const say = (look: Look, plugins: string[]) =>
      words.differences(look, (id) => plugins.includes(id), trans as Any);
    const both = ['anywidget:plugin', '@jupyter-widgets/jupyterlab-manager:plugin'];
    expect(say(look(), both)).toEqual([]);
    expect(say({ ...look(), version: '0.0.9' }, both)[0]).toContain(
      'jupyter_distill 0.0.9 (in /env)'
    );
    const [bare] = say({ ...look(), missing: ['anywidget'] }, both);
    expect(bare).toContain(
      'still pictures: anywidget is not installed in the kernel (/env). Run %'
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

  it('waits a moment for a kernel that is busy, as the panel makes it, and no longer', async () => {
    vi.useFakeTimers();
    const kernel = { status: 'idle', statusChanged: new Signal() };
    expect(await settled(kernel as Any)).toBe('idle');
    kernel.status = 'busy';
    const brief = settled(kernel as Any);
    kernel.statusChanged.emit();
    kernel.status = 'idle';
    kernel.statusChanged.emit();
    expect(await brief).toBe('idle');
    kernel.status = 'starting';
    const long = settled(kernel as Any);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await long).toBe('starting');
    expect(kernel.statusChanged.slots).toEqual([]);
    vi.useRealTimers();
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
    const fault = await ask(kernel(new TypeError('of our own')) as Any, { ask: 'look' });
    expect(fault).toEqual({ why: 'error', name: 'TypeError', message: 'of our own' });
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
  it('offers the families that the kernel has, and all of them', () => {
    const there = { ...look(), taken: [], teacher: [], X: [], y: [] } as Variables;
    const what = { odd: 'A new kind', tree: 'A tree' };
    expect(fields.families({ ...there, families: what }, 'tree', trans as Any)).toEqual([
      { value: 'odd', label: 'odd: A new kind' },
      { value: 'tree', label: 'tree: A tree' },
      { value: 'auto', label: 'auto: all of them are tried' }
    ]);
    // of an older package
    const old = (usual: string) => fields.families(there, usual, trans as Any);
    expect(old('rules').map(({ label }) => label)).toEqual([
      'rules',
      'auto: all of them are tried'
    ]);
    expect(old('auto')).toHaveLength(1);
  });

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
