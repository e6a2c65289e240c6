import { describe, expect, it, vi } from 'vitest';
import {
  type Any,
  CALM,
  fidelity,
  front,
  look,
  notebook,
  one,
  plain,
  slots,
  trans
} from './stand_ins';

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
      '88.6 % agreement (74.0–95.5 %)'
    ]);
    expect(card.textContent).toContain('1 problem, 2 warnings');
    for (const button of panel.node.querySelectorAll('button')) button.click();
    expect(wished).toEqual([
      ['view', one, 'whole'],
      ['view', one, 'tree'],
      ['findings', one],
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
    for (const seen of [true, false, true, true]) known.seen = seen;
    await pass();
    expect(asked, 'opened again, it may be out of date').toHaveLength(4);
  });

  it('says so of a kernel that does not start, and does not ask it', async () => {
    vi.useFakeTimers();
    const { show, known, asked, text } = front();
    const here = notebook('one.ipynb');
    here.sessionContext.session.kernel.status = 'unknown';
    known.seen = true;
    show(here);
    await vi.advanceTimersByTimeAsync(10 * CALM);
    expect(text()).toContain('The kernel does not answer yet. It is asked when it does.');
    expect(asked).toEqual([]);
    here.sessionContext.session.kernel.status = 'idle';
    here.sessionContext.statusChanged.emit('idle');
    await vi.advanceTimersByTimeAsync(10 * CALM);
    expect(asked).toHaveLength(1);
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
    expect(write('agreement', 1, 0.98, 1)).toBe('100 % agreement (98.0–100 %)');
    expect(write('agreement', 0.5, null, null)).toBe('50.0 % agreement');
    expect(write('agreement', null, null, null)).toBe('–');
  });
});
