import { describe, expect, it } from 'vitest';
import distillation from '../widgets/distillation';
import temperature from '../widgets/temperature';
import { click, common, FakeModel, fullTree, render, wait, wire } from './fakes';

const bits = (values: number[], shape: number[]) => ({
  dtype: 'u1',
  shape,
  data: Uint8Array.from(values)
});

/** Two trees, of two leaves and of one question more, one for each size, at T = 1 and T = 4. */
function grid(more = {}) {
  return {
    temperatures: [1, 4],
    sizes: [2, 3],
    unit: 'leaves',
    family: 'tree',
    measure: 'agreement',
    temperature_of: [0, 0, 1, 1],
    size_of: [0, 1, 0, 1],
    reached: [2, 3, 2, 3],
    searched: [true, true, false, false],
    fidelity: wire([0.8, 0.7, 0.9, 0.88, 0.8, 0.92, 0.7, 0.6, 0.8, 0.9, 0.85, 0.95], 'f4', [4, 3]),
    chosen: 2,
    fast: true,
    notes: [],
    ...more
  };
}

const trees = {
  tree_of: wire([0, 1, 0, 1], 'i4'),
  trees: {
    classes: ['no', 'yes'],
    names: ['teacher', 'student'],
    columns: ['a', 'b'],
    feature: wire([0, 2, 2, 0, 2, 1, 2, 2], 'i4'),
    full: [{}, {}],
    words: ['', ' <= 1', ' > 1', ' <= 2', ' > 2'],
    starts: wire([0, 3, 8], 'i4'),
    tails: wire([0, 1, 2, 0, 1, 2, 3, 4], 'i4'),
    left: wire([1, -1, -1, 1, -1, 3, -1, -1], 'i4'),
    right: wire([2, -1, -1, 2, -1, 4, -1, -1], 'i4'),
    support: wire([4, 2, 2, 4, 2, 2, 1, 1], 'f4'),
    agreement: wire([1, 1, 1, 1, 1, 1, 1, 1], 'f4'),
    teacher: wire(
      [0.5, 0.5, 0.9, 0.1, 0.2, 0.8, 0.5, 0.5, 0.9, 0.1, 0.2, 0.8, 0.7, 0.3, 0.1, 0.9],
      'f4',
      [8, 2]
    ),
    student: wire(
      [0.5, 0.5, 0.9, 0.1, 0.2, 0.8, 0.5, 0.5, 0.9, 0.1, 0.2, 0.8, 0.7, 0.3, 0.1, 0.9],
      'f4',
      [8, 2]
    )
  }
};

const shown = (more = {}) => ({
  ticket: 0,
  temperature: 1,
  size: 2,
  how: 'distilled',
  fidelity: [0.8, 0.7, 0.9],
  ...more
});

const slider = {
  ...common,
  logits: wire([0, -2, -1, 0, 0, -1, -2, 0], 'f4', [4, 2]),
  row_ids: wire([0, 1, 2, 3], 'i4'),
  classes: ['no', 'yes'],
  curve: {},
  distilled_at: 1,
  busy: false,
  temperature: 1,
  row: null,
  distil_at: null,
  grid: grid(),
  shown: shown(),
  follow: true,
  student_size: 2,
  asked: {}
};

const whole = (more = {}) => ({
  ...slider,
  summary: {},
  tree: fullTree(1, ['no', 'yes']),
  node: null,
  leaf: null,
  folded: [],
  columns: [
    { name: 'teacher', title: 'teacher', kind: 'class', classes: ['no', 'yes'] },
    { name: 'student', title: 'student', kind: 'class', classes: ['no', 'yes'] },
    { name: 'margin', title: 'margin', kind: 'measure' },
    { name: 'kl', title: 'KL', kind: 'measure' }
  ],
  page: {
    ticket: 0,
    start: 0,
    total: 4,
    all: 4,
    rows: 4,
    row_ids: wire([3, 0, 1, 2], 'i4'),
    leaves: wire([2, 1, 2, 1], 'i4'),
    cells: [
      ['yes', 'no', 'yes', 'no'],
      ['no', 'no', 'yes', 'no'],
      [0.5, 0, 0, 0],
      [0.4, 0.1, 0.1, 0.1]
    ]
  },
  query: { scope: 'all' },
  grid: grid({ ...trees, leaves: bits([2, 1, 2, 1, 4, 1, 3, 3], [2, 4]) }),
  ...more
});

function drag(of: HTMLInputElement, value: number, type = 'input') {
  of.value = String(value);
  of.dispatchEvent(new Event(type));
}
const parts = (root: ShadowRoot) => ({
  temperature: root.querySelector('[aria-label=Temperature][type=range]') as HTMLInputElement,
  size: root.querySelector('[aria-label="Size of the student"]') as HTMLInputElement,
  follow: root.querySelector('[role=switch]') as HTMLInputElement,
  student: root.querySelector('.student') as HTMLElement,
  remarks: root.querySelector('.chooser .note') as HTMLElement
});

describe('a running view', () => {
  it('has one wish in flight, and sends the newest when it was answered', () => {
    const model = new FakeModel({ ...slider });
    const { root, stop } = render(temperature, model);
    const { temperature: hand } = parts(root);
    drag(hand, Math.log10(2));
    expect(model.state.asked).toEqual({ ticket: 1, temperature: 2, size: 2 });
    drag(hand, Math.log10(3));
    drag(hand, Math.log10(4));
    expect((model.state.asked as { ticket: number }).ticket).toBe(1);
    model.set('shown', shown({ ticket: 1, temperature: 2, how: 'quick' }));
    expect(model.state.asked).toEqual({ ticket: 2, temperature: 4, size: 2 });
    model.set('shown', shown({ ticket: 2, temperature: 4, how: 'quick' }));
    expect((model.state.asked as { ticket: number }).ticket).toBe(2);
    expect(root.querySelector('.student')?.textContent).toBe(
      'Student: tree of 2 leaves, a quick fit at T = 4.0: agreement 80.0\u00a0% (70.0 to 90.0\u00a0%), held out.'
    );
    stop();
  });

  it('asks for nothing but a size while it does not follow', () => {
    const model = new FakeModel({ ...slider, follow: false });
    const { root, stop } = render(temperature, model);
    const { temperature: hand, size, follow } = parts(root);
    drag(hand, Math.log10(2));
    expect(model.state.asked).toEqual({});
    drag(size, 1);
    expect(model.state.asked).toEqual({ ticket: 1, temperature: null, size: 3 });
    expect(size.getAttribute('aria-valuetext')).toBe('3 leaves, agreement 88.0\u00a0%');
    model.set('shown', shown({ ticket: 1, size: 3 }));
    click(follow);
    expect(model.state.follow).toBe(true);
    expect(model.state.asked).toEqual({ ticket: 2, temperature: 2, size: 3 });
    stop();
  });

  it('offers to distil in earnest what is a quick fit', () => {
    const quick = shown({ temperature: 2, how: 'quick' });
    const model = new FakeModel({ ...slider, temperature: 2, distilled_at: 2, shown: quick });
    const { root, stop } = render(temperature, model);
    const again = root.querySelector('button.main') as HTMLButtonElement;
    expect([again.hidden, again.textContent]).toEqual([false, 'Distil in earnest at T = 2.0']);
    stop();
  });

  it('shows what it holds at once, and drops an answer that comes late', async () => {
    const model = new FakeModel(whole());
    const { root, all, stop } = render(distillation, model);
    const { temperature: hand, size } = parts(root);
    drag(size, 1);
    drag(hand, Math.log10(4));
    await wait(40);
    expect(all('[role=treeitem]')).toHaveLength(5);
    // the tree of the first wish: the newest is on the screen already
    model.state.tree = fullTree(3, ['no', 'yes']);
    model.set('shown', shown({ ticket: 1, temperature: 1, size: 3 }));
    expect(all('[role=treeitem]')).toHaveLength(5);
    model.state.tree = fullTree(1, ['no', 'yes']);
    model.set('shown', shown({ ticket: 2, temperature: 4, size: 3 }));
    expect(all('[role=treeitem]')).toHaveLength(3);
    stop();
  });
});

describe('a view without a kernel', async () => {
  it('takes tree, head and rows from the students that it holds', async () => {
    const head = { teacher: 'T', student: 'tree', size: 2, baselines: [], notes: [] };
    const model = new FakeModel(whole({ live: false }));
    (model.state.grid as Record<string, unknown>).head = head;
    const { root, all, stop } = render(distillation, model);
    const { temperature: hand, size, student, remarks } = parts(root);
    expect(all('[role=treeitem]')).toHaveLength(3);
    drag(size, 1);
    await wait(40);
    expect(all('[role=treeitem]')).toHaveLength(5);
    drag(hand, Math.log10(3));
    await wait(40);
    expect(student.textContent).toContain(
      'tree of 3 leaves, a quick fit at T = 4.0: agreement 90.0\u00a0%'
    );
    expect(remarks.textContent).toContain('nearest to T = 3.0');
    expect(remarks.textContent).toContain('written of the tree of 2 leaves, distilled at T = 1.0');
    expect(root.querySelector('.score .large')?.textContent).toBe('90.0\u00a0%');
    expect(root.querySelector('.notes')?.textContent).toContain('quick fit');
    // nothing of it is told to a kernel
    expect(model.log.map(([name]) => name)).not.toContain('tree');
    drag(size, 0);
    drag(hand, 0);
    await wait(40);
    expect(all('[role=treeitem]')).toHaveLength(3);
    expect(root.querySelector('.score .large')?.textContent).toBeUndefined();
    stop();
  });

  it('tells the rows anew: answers, margin and divergence, the worst first', async () => {
    const model = new FakeModel(whole({ live: false, student_size: 3 }));
    const { root, all, stop } = render(distillation, model);
    model.set('temperature', 4);
    await wait(40);
    // row 2 now falls in a leaf that says no, as its teacher; row 3 in one that says yes
    const cells = all('[role=row]').map((row) => row.textContent);
    expect(cells.join('|')).not.toContain('0.5');
    expect(root.querySelector('.behind')?.textContent).toBe('');
    stop();
  });

  it('keeps sort and filters when another student is shown', async () => {
    const model = new FakeModel({ ...whole(), live: false });
    const { root, all, stop } = render(distillation, model);
    const seen = () => all('.rows .line').map((line) => line.dataset.row);
    const of = (name: string) =>
      all('[role=columnheader]').find((head) => head.textContent?.startsWith(name));
    click(root.querySelector('.scopes button:last-child') as Element);
    click(of('teacher')?.querySelector('button') as Element);
    const before = seen();
    expect(before).toEqual(['0', '2', '1', '3']);
    drag(parts(root).size, 1);
    await wait(50);
    expect(parts(root).student.textContent).toContain('3 leaves');
    expect(seen()).toEqual(before);
    expect(of('teacher')?.getAttribute('aria-sort')).toBe('ascending');
    stop();
  });

  it('says which rows it holds where it does not hold all', async () => {
    const model = new FakeModel(whole({ live: false }));
    (model.state.page as Record<string, unknown>).rows = 900;
    const { root, stop } = render(distillation, model);
    drag(parts(root).size, 1);
    await wait(40);
    expect(root.querySelector('.behind')?.textContent).toContain('This file holds 4 of 900 rows');
    stop();
  });

  it('leaves nothing behind when it is moved to and fro', async () => {
    const model = new FakeModel(whole({ live: false }));
    const { root, stop } = render(distillation, model);
    const { temperature: hand, size } = parts(root);
    drag(size, 1);
    await wait(40);
    const before = [model.listeners, root.querySelectorAll('*').length];
    for (let i = 0; i < 12; i++) {
      drag(hand, -0.6 + (i % 4) * 0.3);
      drag(size, i % 2);
    }
    drag(size, 1);
    drag(hand, 0);
    await wait(50);
    expect(model.listeners).toBe(before[0]);
    expect(root.querySelectorAll('*').length).toBe(before[1]);
    stop();
  });

  it('has no students of its own where the page holds none', async () => {
    const model = new FakeModel({ ...slider, live: false, grid: {} });
    const { root, stop } = render(temperature, model);
    expect(root.querySelector<HTMLElement>('.chooser')?.hidden).toBe(true);
    stop();
  });
});
